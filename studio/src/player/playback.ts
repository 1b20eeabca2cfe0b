// What a <video> is doing, as signals, and what can be asked of it. Volume, pace and captions are remembered.

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { readStored, writeStored } from "../storage";

export type Playback = {
  readonly time: ReadonlySignal<number>;
  readonly duration: ReadonlySignal<number>;
  /** How far it is loaded from where it plays, in seconds. */
  readonly loaded: ReadonlySignal<number>;
  readonly paused: ReadonlySignal<boolean>;
  readonly ended: ReadonlySignal<boolean>;
  readonly started: ReadonlySignal<boolean>;
  readonly stalled: ReadonlySignal<boolean>;
  readonly broken: ReadonlySignal<boolean>;
  readonly muted: ReadonlySignal<boolean>;
  readonly volume: ReadonlySignal<number>;
  readonly rate: ReadonlySignal<number>;
  readonly captions: ReadonlySignal<boolean>;
  /** Follow an element. Returns how to stop. */
  attach: (element: HTMLVideoElement) => () => void;
  play: () => void;
  toggle: () => void;
  pause: () => void;
  seek: (seconds: number) => void;
  skip: (seconds: number) => void;
  setRate: (rate: number) => void;
  stepRate: (steps: number) => void;
  setVolume: (volume: number) => void;
  toggleMuted: () => void;
  toggleCaptions: () => void;
  reload: () => void;
};

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

export function createPlayback({ duration: known = 0, captions: shown = true }: { duration?: number; captions?: boolean } = {}): Playback {
  let element: HTMLVideoElement | null = null;
  const time = signal(0);
  const duration = signal(known);
  const loaded = signal(0);
  const paused = signal(true);
  const ended = signal(false);
  const started = signal(false);
  const stalled = signal(false);
  const broken = signal(false);
  const muted = signal(false);
  const volume = signal(readNumber("player.volume", 1, 0, 1));
  const rate = signal(readNumber("player.rate", 1, 0.5, 2));
  const stored = readStored("player.captions");
  const captions = signal(stored === null ? shown : stored === "on" && shown);

  function read(): void {
    const video = element;
    if (!video) return;
    batch(() => {
      time.value = video.currentTime;
      if (Number.isFinite(video.duration) && video.duration > 0) duration.value = video.duration;
      loaded.value = findLoaded(video);
      paused.value = video.paused;
      ended.value = video.ended;
      muted.value = video.muted;
      volume.value = video.volume;
      rate.value = video.playbackRate;
      if (video.currentTime > 0 || !video.paused) started.value = true;
    });
  }

  function attach(video: HTMLVideoElement): () => void {
    element = video;
    video.volume = volume.peek();
    video.defaultPlaybackRate = rate.peek();
    video.playbackRate = rate.peek();
    let frame = 0;
    const tick = () => {
      time.value = video.currentTime;
      frame = requestAnimationFrame(tick);
    };
    const on = (names: string, listener: () => void) => {
      for (const name of names.split(" ")) video.addEventListener(name, listener);
      return () => names.split(" ").forEach((name) => video.removeEventListener(name, listener));
    };
    const stops = [
      on("timeupdate seeking seeked durationchange loadedmetadata progress play pause ended volumechange ratechange emptied", read),
      on("waiting", () => (stalled.value = true)),
      on("playing seeked canplay pause error emptied", () => (stalled.value = false)),
      on("error", () => (broken.value = true)),
      on("loadedmetadata", () => (broken.value = false)),
      on("play", () => {
        cancelAnimationFrame(frame);
        frame = requestAnimationFrame(tick);
      }),
      on("pause ended emptied", () => cancelAnimationFrame(frame)),
    ];
    read();
    return () => {
      cancelAnimationFrame(frame);
      stops.forEach((stop) => stop());
      if (element === video) element = null;
    };
  }

  function play(): void {
    element?.play().catch(() => {}); // refused without a gesture, or the source is gone: `paused` and `broken` tell
  }

  function seek(seconds: number): void {
    if (!element) return;
    const end = duration.peek() || element.duration || 0;
    element.currentTime = Math.min(Math.max(0, seconds), end || seconds);
    started.value = true;
    time.value = element.currentTime;
  }

  function setRate(value: number): void {
    writeStored("player.rate", String(value));
    if (!element) return;
    element.defaultPlaybackRate = value;
    element.playbackRate = value;
  }

  function setVolume(value: number): void {
    const next = Math.min(1, Math.max(0, value));
    writeStored("player.volume", String(next));
    if (!element) return;
    element.volume = next;
    element.muted = next === 0;
  }

  return {
    time,
    duration,
    loaded,
    paused,
    ended,
    started,
    stalled,
    broken,
    muted,
    volume,
    rate,
    captions,
    attach,
    play,
    pause: () => element?.pause(),
    toggle: () => (element?.paused ? play() : element?.pause()),
    seek,
    skip: (seconds) => seek((element?.currentTime ?? 0) + seconds),
    setRate,
    stepRate: (steps) => setRate(stepThrough(rate.peek(), steps)),
    setVolume,
    toggleMuted: () => {
      if (!element) return;
      element.muted = !element.muted;
      if (!element.muted && element.volume === 0) setVolume(0.5);
    },
    toggleCaptions: () => {
      captions.value = !captions.peek();
      writeStored("player.captions", captions.peek() ? "on" : "off");
    },
    reload: () => {
      broken.value = false;
      element?.load();
    },
  };
}

/** The next pace that is offered, slower or faster; the ends stay. */
export function stepThrough(rate: number, steps: number): number {
  const at = RATES.reduce((best, each, index) => (Math.abs(each - rate) < Math.abs((RATES[best] ?? 1) - rate) ? index : best), 0);
  return RATES[Math.min(RATES.length - 1, Math.max(0, at + steps))] ?? 1;
}

function findLoaded(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= currentTime + 0.1 && buffered.end(index) >= currentTime) return buffered.end(index);
  }
  return 0;
}

function readNumber(key: string, fallback: number, low: number, high: number): number {
  const value = Number(readStored(key) ?? Number.NaN);
  return value >= low && value <= high ? value : fallback;
}
