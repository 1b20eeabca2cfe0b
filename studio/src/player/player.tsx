import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { Button, Icon, Spinner } from "../design";
import { formatClock } from "../format/times";
import { CaptionLine, useCues } from "./captions";
import { Controls } from "./controls";
import { canFill, toggleFullscreen, useFullscreen } from "./fullscreen";
import { KeysDialog, useKeysEverywhere } from "./keys-dialog";
import { belongsToControl, type Command, movesPage, readCommand } from "./keys";
import type { Playback } from "./playback";
import { type Chapter, findAt } from "./transcript";

export type PlayerProps = {
  playback: Playback;
  src: string;
  title: string;
  poster?: string;
  /** The address of captions as WebVTT; none if absent. */
  captions?: string;
  language: string;
  chapters: readonly Chapter[];
  /** A picture of a chapter, by its number. */
  stills?: ReadonlyMap<number, string>;
  /** As CSS writes it: "16 / 9". */
  ratio: string;
  /** Something to lie over the picture, such as a notice. */
  children?: ComponentChildren;
};

const HIDE_MS = 2600;

/** The film with our own controls: by pointer, touch, keyboard and screen reader. */
export function Player({ playback, src, title, poster, captions, language, chapters, stills, ratio, children }: PlayerProps) {
  const frame = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [help, setHelp] = useState(false);
  const full = useFullscreen(frame);
  const cues = useCues(video, playback, captions);
  const { idle, wake } = useIdle(playback);
  const everywhere = useKeysEverywhere();

  useEffect(() => (video.current ? playback.attach(video.current) : undefined), [playback]);
  useMediaSession(playback, title, poster);

  const run = useCallback(
    (command: Command) => {
      wake();
      if (command.do === "fullscreen") toggleFullscreen(frame.current, video.current);
      else if (command.do === "help") setHelp(true);
      else runCommand(playback, command, chapters);
    },
    [playback, chapters],
  );

  const onKeyDown = (event: KeyboardEvent) => {
    const command = readCommand(event);
    if (!command || event.defaultPrevented || belongsToControl(event.target as Element, event.key)) return;
    event.preventDefault();
    run(command);
  };
  useEffect(() => {
    if (!everywhere.value) return;
    // Where no control has the focus, keys go to the film, too; those that scroll the page stay the page's.
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element;
      const nowhere = target === document.body || target.matches("h1, main");
      const command = nowhere && !event.defaultPrevented && !movesPage(event.key) ? readCommand(event) : null;
      if (!command || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      run(command);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [everywhere.value, run]);

  const tap = useTap(playback, wake, () => run({ do: "fullscreen" }));

  return (
    <div
      ref={frame}
      class="player"
      role="region"
      aria-label="Player"
      tabIndex={-1}
      style={{ "--ratio": ratio }}
      data-idle={idle || undefined}
      data-full={full || undefined}
      data-started={playback.started.value || undefined}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => event.pointerType === "mouse" && wake()}
      onFocusIn={wake}
    >
      <video ref={video} src={src} poster={poster} preload="metadata" playsInline tabIndex={-1} aria-label={title} onClick={tap.onClick} onDblClick={tap.onDoubleClick}>
        {captions && <track kind="captions" src={captions} srclang={language || undefined} label="Captions" />}
      </video>
      <CaptionLine cues={cues} language={language} />
      <Middle playback={playback} />
      {children}
      <Controls
        playback={playback}
        chapters={chapters}
        stills={stills}
        hasCaptions={captions !== undefined}
        full={full}
        onFull={canFill() ? () => run({ do: "fullscreen" }) : undefined}
        onHelp={() => setHelp(true)}
      />
      <KeysDialog open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function runCommand(playback: Playback, command: Command, chapters: readonly Chapter[]): void {
  if (command.do === "toggle") playback.toggle();
  else if (command.do === "mute") playback.toggleMuted();
  else if (command.do === "captions") playback.toggleCaptions();
  else if (command.do === "skip") playback.skip(command.by);
  else if (command.do === "rate") playback.stepRate(command.by);
  else if (command.do === "volume") playback.setVolume(playback.volume.peek() + command.by);
  else if (command.do === "jump") playback.seek(command.to * playback.duration.peek());
  else if (command.do === "chapter") playback.seek(findChapterStart(chapters, playback.time.peek(), command.by));
}

const SINCE_START = 3; // seconds: "previous" within them means the chapter before, later the start of this one

export function findChapterStart(chapters: readonly Chapter[], seconds: number, by: number): number {
  const at = findAt(chapters, seconds);
  const current = chapters[at];
  if (by < 0 && current && seconds - current.start > SINCE_START) return current.start;
  return chapters[Math.min(chapters.length - 1, Math.max(0, at + by))]?.start ?? 0;
}

/** What lies in the middle of the picture: how to begin, that it waits, or that it is broken. */
function Middle({ playback }: { playback: Playback }) {
  const length = useComputed(() => formatClock(playback.duration.value));
  if (playback.broken.value) {
    return (
      <div class="player-middle player-broken" role="alert">
        <p>The film does not load.</p>
        <p>Check that you are online and that Lectern runs, then try again.</p>
        <Button size="s" icon="redo" onClick={playback.reload}>
          Try again
        </Button>
      </div>
    );
  }
  if (playback.stalled.value && !playback.paused.value) {
    return (
      <div class="player-middle player-stalled">
        <Spinner label="Loading" />
      </div>
    );
  }
  if (playback.started.value) return null;
  return (
    <div class="player-middle">
      <button type="button" class="player-begin" onClick={playback.play}>
        <Icon name="play" size={30} />
        <span class="visually-hidden">Play the film, {length}</span>
      </button>
    </div>
  );
}

/** Controls step back while the film plays and nobody does anything. */
function useIdle(playback: Playback): { idle: boolean; wake: () => void } {
  const [idle, setIdle] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const paused = playback.paused.value;
  const wake = useCallback(() => {
    setIdle(false);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => !playback.paused.peek() && setIdle(true), HIDE_MS);
  }, [playback]);
  useEffect(() => {
    wake();
    return () => clearTimeout(timer.current);
  }, [paused, wake]);
  return { idle: idle && !paused, wake };
}

/** A click plays and pauses, two fill the screen; a finger's tap shows the controls first, as there is no hovering. */
function useTap(playback: Playback, wake: () => void, fill: () => void) {
  return {
    onClick: (event: MouseEvent) => {
      const element = event.currentTarget as HTMLElement;
      element.closest<HTMLElement>(".player")?.focus({ preventScroll: true });
      const finger = (event as PointerEvent).pointerType === "touch";
      const hidden = element.closest("[data-idle]") !== null;
      wake();
      if (!finger || hidden === false) playback.toggle();
    },
    onDoubleClick: fill,
  };
}

/** The keys of headsets and lock screens. */
function useMediaSession(playback: Playback, title: string, poster: string | undefined): void {
  useEffect(() => {
    if (!("mediaSession" in navigator)) return;
    const session = navigator.mediaSession;
    session.metadata = new MediaMetadata({ title, artist: "Lectern", artwork: poster ? [{ src: poster }] : [] });
    const handlers: [MediaSessionAction, () => void][] = [
      ["play", playback.play],
      ["pause", playback.pause],
      ["seekbackward", () => playback.skip(-10)],
      ["seekforward", () => playback.skip(10)],
    ];
    for (const [action, handler] of handlers) session.setActionHandler(action, handler);
    return () => {
      session.metadata = null;
      for (const [action] of handlers) session.setActionHandler(action, null);
    };
  }, [playback, title, poster]);
}
