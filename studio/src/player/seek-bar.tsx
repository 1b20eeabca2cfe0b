import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { formatClock } from "../format/times";
import type { Playback } from "./playback";
import { type Chapter, fillOf, findAt } from "./transcript";

type SeekBarProps = { playback: Playback; chapters: readonly Chapter[]; stills?: ReadonlyMap<number, string> };

/** Where the film is: a slider over one bar for each chapter. Pointing shows the chapter, its picture and the time. */
export function SeekBar({ playback, chapters, stills }: SeekBarProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const length = playback.duration.value;
  const second = useComputed(() => Math.floor(playback.time.value));
  const chapter = chapters[findAt(chapters, second.value + 0.5)];
  const spoken = `${formatClock(second.value)} of ${formatClock(length)}${chapter?.title ? `, ${chapter.title}` : ""}`;
  return (
    <div
      class="seek"
      onPointerMove={(event) => event.pointerType === "mouse" && setPointed(readPointed(event))}
      onPointerLeave={() => setPointed(null)}
    >
      {pointed !== null && length > 0 && <Pointed at={pointed} seconds={pointed * length} chapters={chapters} stills={stills} />}
      <Parts playback={playback} chapters={chapters} />
      <input
        type="range"
        min="0"
        max={Math.max(1, Math.round(length * 10))}
        step="1"
        value={Math.round(second.value * 10)}
        aria-label="Position"
        aria-valuetext={spoken}
        onInput={(event) => playback.seek(Number(event.currentTarget.value) / 10)}
      />
    </div>
  );
}

/** The bars, filled as far as is played and, paler, as far as is loaded. */
function Parts({ playback, chapters }: { playback: Playback; chapters: readonly Chapter[] }) {
  const length = playback.duration.value || 1;
  const parts = chapters.length > 1 ? fitParts(chapters, length) : [{ start: 0, end: length }];
  return (
    <div class="seek-parts" aria-hidden="true">
      {parts.map((part, index) => (
        <Part key={index} part={part} share={(part.end - part.start) / length} playback={playback} />
      ))}
      <Knob playback={playback} />
    </div>
  );
}

type Span = { start: number; end: number };

function Part({ part, share, playback }: { part: Span; share: number; playback: Playback }) {
  const style = useComputed(() => ({
    flexGrow: share,
    "--played": fillOf(part, playback.time.value),
    "--loaded": fillOf(part, playback.loaded.value),
  }));
  return (
    <span class="seek-part" style={style.value}>
      <i />
      <b />
    </span>
  );
}

function Knob({ playback }: { playback: Playback }) {
  const style = useComputed(() => ({ insetInlineStart: `${100 * fillOf({ start: 0, end: playback.duration.value }, playback.time.value)}%` }));
  return <span class="seek-knob" style={style.value} />;
}

function Pointed({ at, seconds, chapters, stills }: { at: number; seconds: number; chapters: readonly Chapter[]; stills?: ReadonlyMap<number, string> }) {
  const chapter = chapters[findAt(chapters, seconds)];
  const still = chapter && stills?.get(chapter.number);
  return (
    <div class="seek-pointed" style={{ "--at": at }} aria-hidden="true">
      {still && <img src={still} alt="" />}
      <p>
        {chapter?.title && <span dir="auto">{chapter.title}</span>}
        <span class="numeric">{formatClock(seconds)}</span>
      </p>
    </div>
  );
}

/** Chapters without gaps between them, from the first to the last moment. */
export function fitParts(chapters: readonly Span[], length: number): Span[] {
  return chapters.map((chapter, index) => ({
    start: index === 0 ? 0 : chapter.start,
    end: chapters[index + 1]?.start ?? Math.max(length, chapter.start),
  }));
}

function readPointed(event: PointerEvent): number {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
}
