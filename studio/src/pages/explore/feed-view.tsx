import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { announce, Icon, IconButton } from "../../design";
import { formatClock } from "../../format/times";
import { readStored, writeStored } from "../../storage";
import { chooseSlots, type Entry } from "./feed";
import { FeedFilm } from "./feed-film";

type FeedViewProps = { entries: readonly Entry[]; complete: boolean; at: number; onMove: (at: number) => void };

/** A column of films, each as high as the window; one plays. */
export function FeedView({ entries, complete, at, onMove }: FeedViewProps) {
  const feed = useRef<HTMLDivElement>(null);
  const [paused, setPaused] = useState(false);
  const [sound, setSound] = useState(false);
  const [captions, setCaptions] = useState(() => readStored("player.captions") !== "off");
  const [refused, setRefused] = useState(false);
  const current = entries[at];

  const go = useCallback(
    (to: number) => {
      const element = feed.current;
      if (!element || to < 0 || to >= entries.length) return;
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      element.scrollTo({ top: to * element.clientHeight, behavior: calm ? "instant" : "smooth" });
    },
    [entries.length],
  );

  function onScroll(): void {
    const element = feed.current;
    if (!element) return;
    const shown = Math.min(entries.length - 1, Math.max(0, Math.round(element.scrollTop / element.clientHeight)));
    if (shown === at) return;
    setPaused(false);
    onMove(shown);
  }

  // The window may change its height while a film is shown: it stays the one that is shown.
  useEffect(() => {
    const element = feed.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => element.scrollTo({ top: at * element.clientHeight, behavior: "instant" }));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [at]);

  useEffect(() => feed.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (current) announce(`${current.title}, film ${at + 1}${complete ? ` of ${entries.length}` : ""}`);
  }, [current?.id]);

  const toggleCaptions = () => {
    writeStored("player.captions", captions ? "off" : "on");
    setCaptions(!captions);
  };

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inControl = (event.target as Element).closest("button, a") !== null;
    const actions: Record<string, () => void> = {
      ArrowDown: () => go(at + 1),
      PageDown: () => go(at + 1),
      j: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      PageUp: () => go(at - 1),
      k: () => go(at - 1),
      Home: () => go(0),
      End: () => go(entries.length - 1),
      m: () => setSound(!sound),
      c: toggleCaptions,
      ...(inControl ? {} : { " ": () => setPaused(!paused) }),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  return (
    <div class="explore" onKeyDown={onKeyDown}>
      <div ref={feed} class="feed" role="region" aria-label="Films" tabIndex={0} onScroll={onScroll}>
        <div class="feed-column" style={{ "--count": entries.length }}>
          {entries.map((entry, index) => (
            <Caption key={entry.id} entry={entry} index={index} count={complete ? entries.length : -1} near={Math.abs(index - at) < 3} current={index === at} />
          ))}
          {chooseSlots(at, entries.length).map((index, slot) => (
            <FeedFilm
              key={slot}
              entry={index === null ? undefined : entries[index]}
              place={index ?? 0}
              playing={index === at && !paused}
              near={index === at || index === at + 1}
              sound={sound}
              captions={captions && index === at}
              onClick={() => setPaused(!paused)}
              onRefused={() => (sound ? setSound(false) : setRefused(true))}
              onPlaying={() => setRefused(false)}
            />
          ))}
        </div>
      </div>
      {(paused || refused) && (
        <span class="feed-paused" aria-hidden="true">
          <Icon name="play" size={34} />
        </span>
      )}
      <div class="feed-buttons">
        <IconButton icon="arrowUp" label="Previous film" disabled={at === 0} onClick={() => go(at - 1)} />
        <IconButton icon={paused ? "play" : "pause"} label={paused ? "Play" : "Pause"} onClick={() => setPaused(!paused)} />
        <IconButton icon={sound ? "volume" : "muted"} label={sound ? "Sound off" : "Sound on"} onClick={() => setSound(!sound)} />
        <IconButton icon="captions" label="Captions" aria-pressed={captions} onClick={toggleCaptions} />
        <IconButton icon="arrowDown" label="Next film" disabled={at === entries.length - 1} onClick={() => go(at + 1)} />
      </div>
      {!sound && !paused && (
        <button
          type="button"
          class="feed-sound"
          onClick={() => {
            setSound(true);
            feed.current?.focus({ preventScroll: true }); // this button goes, and the focus with it
          }}
        >
          <Icon name="muted" size={16} />
          Turn the sound on
        </button>
      )}
    </div>
  );
}

type CaptionProps = { entry: Entry; index: number; count: number; near: boolean; current: boolean };

/** A film's place in the column: its picture, blurred, behind it, and its title over it. */
function Caption({ entry, index, count, near, current }: CaptionProps) {
  return (
    <article class="feed-item" aria-posinset={index + 1} aria-setsize={count} aria-labelledby={`feed-${entry.id}`} inert={!current}>
      {near && entry.thumbnail && (
        <>
          <img class="feed-ground" src={entry.thumbnail} alt="" data-aspect={entry.aspect} />
          <img class="feed-still" src={entry.thumbnail} alt="" data-aspect={entry.aspect} />
        </>
      )}
      <div class="feed-title">
        <h2 id={`feed-${entry.id}`} dir="auto" lang={entry.language || undefined}>
          {entry.title}
        </h2>
        <p>
          {entry.seconds !== null && <span class="numeric">{formatClock(entry.seconds)}</span>}
          <a href={`/videos/${entry.id}`}>Open</a>
        </p>
      </div>
    </article>
  );
}
