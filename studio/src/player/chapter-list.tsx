import { useComputed } from "@preact/signals";
import { formatClock } from "../format/times";
import type { Playback } from "./playback";
import { type Chapter, fillOf, findAt } from "./transcript";

/** The chapters with their pictures; a click plays one. */
export function ChapterList({ chapters, stills, playback }: { chapters: readonly Chapter[]; stills?: ReadonlyMap<number, string>; playback: Playback }) {
  const current = useComputed(() => (playback.started.value ? findAt(chapters, playback.time.value) : -1));
  return (
    <ol class="chapters">
      {chapters.map((chapter, index) => (
        <li key={chapter.number}>
          <button
            type="button"
            class="chapter"
            aria-current={current.value === index || undefined}
            onClick={() => {
              playback.seek(chapter.start);
              playback.play();
            }}
          >
            <span class="chapter-picture">
              {stills?.has(chapter.number) && <img src={stills.get(chapter.number)} alt="" loading="lazy" />}
              {current.value === index && <Played chapter={chapter} playback={playback} />}
            </span>
            <span class="chapter-text">
              <span dir="auto">{chapter.title}</span>
              <span class="numeric">{formatClock(chapter.start)}</span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Played({ chapter, playback }: { chapter: Chapter; playback: Playback }) {
  const style = useComputed(() => ({ inlineSize: `${100 * fillOf(chapter, playback.time.value)}%` }));
  return <i style={style.value} />;
}
