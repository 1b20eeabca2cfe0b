import { useEffect, useState } from "preact/hooks";
import themes from "../../design/themes.json";
import type { Options } from "./draft";
import { findLogoAddress } from "./uploads";

const WORDS = "Light turns water and air into sugar".split(" ");
const WORD_MS = 420;

/** What the choices look like: a frame in the video's real colours and shape. It stands for no video in particular. */
export function Preview({ options, title }: { options: Options; title: string }) {
  const own = options.brand.colours;
  // As the film has it: cards follow a background of one's own.
  const surface = own.background ? { surface: `color-mix(in oklab, ${own.background} 90%, ${own.text ?? themes[options.theme].text})` } : {};
  const colours = { ...themes[options.theme], ...surface, ...own };
  const logo = findLogoAddress(options.brand.logo);
  const spoken = useSpokenWord(options.captions === "karaoke");
  const style = {
    ...Object.fromEntries(Object.entries(colours).map(([name, colour]) => [`--video-${name}`, colour])),
    ...(options.brand.font && { fontFamily: `"${options.brand.font}", var(--font)` }),
  };
  return (
    <figure class="preview" aria-label={describe(options)} role="img">
      <div class="preview-frame" data-aspect={options.aspect} style={style}>
        <div class="preview-inner">
          {logo && <img class="preview-logo" src={logo} alt="" />}
          <p class="preview-title" dir="auto">
            {title || "How does a leaf make sugar?"}
          </p>
          <svg class="preview-figure" viewBox="0 0 200 100" preserveAspectRatio="xMidYMid meet" aria-hidden="true">
            <path class="preview-axes" d="M14 6v82h178" />
            <path class="preview-curve" d="M14 86C50 84 62 62 84 44s44-26 104-30" pathLength={1} />
            <path class="preview-guide" d="M84 44v44" pathLength={1} />
            <circle class="preview-dot" cx="84" cy="44" r="4.5" />
            <g class="preview-bars">
              <rect x="120" y="62" width="14" height="26" rx="2" />
              <rect x="142" y="50" width="14" height="38" rx="2" />
              <rect x="164" y="40" width="14" height="48" rx="2" />
            </g>
          </svg>
          {options.captions !== "off" && (
            <p class="preview-caption">
              {WORDS.map((word, index) => (
                <span key={word} data-spoken={index === spoken || undefined}>
                  {word}
                </span>
              ))}
            </p>
          )}
        </div>
      </div>
    </figure>
  );
}

function describe(options: Options): string {
  const shape = { "16:9": "landscape", "9:16": "portrait", "1:1": "square" }[options.aspect];
  const captions = { plain: "with captions", karaoke: "with captions that follow the voice", off: "without captions" }[options.captions];
  return `Preview: a ${options.theme} ${shape} frame ${captions}`;
}

/** The word that is being spoken, for karaoke. It stands still for those who want no motion. */
function useSpokenWord(active: boolean): number {
  const [at, setAt] = useState(2);
  useEffect(() => {
    if (!active || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => setAt((value) => (value + 1) % WORDS.length), WORD_MS);
    return () => clearInterval(timer);
  }, [active]);
  return active ? at : -1;
}
