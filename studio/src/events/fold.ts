// What each event of a video's stream does to what the page knows. Pure: the events carry the state themselves.

import type { Schemas } from "../api/client";

export type Video = Schemas["Video"];
export type Scene = Schemas["SceneState"];

export type Progress = {
  scene: number | null;
  revision: number;
  stage: string;
  doing: string;
  done: number;
  of: number;
  attempt: number;
  facts: Readonly<Record<string, unknown>>;
};

/** What is known of a video. `progress` is by scene; 0 stands for the whole video. */
export type Followed = {
  video: Video | null;
  seq: number;
  progress: ReadonlyMap<number, Progress>;
};

export const NOTHING: Followed = { video: null, seq: -1, progress: new Map() };

/** The events of a stream that have a name of their own; a browser hears only those it listens for. */
export const EVENT_NAMES = [
  "video.snapshot",
  "video.requested",
  "video.scripted",
  "video.approved",
  "video.delayed",
  "video.completed",
  "video.failed",
  "video.cancelled",
  "scene.planned",
  "scene.narrated",
  "scene.cued",
  "scene.coded",
  "scene.refused",
  "scene.rendered",
  "scene.failed",
  "scene.delayed",
  "progress",
] as const;

/** The state after one event. An event from before what is known already (a late repetition) changes nothing. */
export function applyEvent(before: Followed, name: string, data: unknown): Followed {
  if (!isRecord(data)) return before;
  if (name === "progress") return applyProgress(before, data as unknown as Progress);
  const seq = typeof data.seq === "number" ? data.seq : before.seq;
  if (name !== "video.snapshot" && seq <= before.seq) return before;
  const sent = data.video as Partial<Video> | undefined;
  if (!sent) return { ...before, seq };
  if (Array.isArray(sent.scenes)) {
    const video = sent as Video;
    return { video, seq, progress: dropEnded(before.progress, video) };
  }
  if (!before.video) return { ...before, seq };
  const scene = data.scene as Scene | undefined;
  const video = { ...before.video, ...sent, scenes: scene ? replaceScene(before.video.scenes, scene) : before.video.scenes };
  return { video, seq, progress: dropEnded(before.progress, video) };
}

function applyProgress(before: Followed, sent: Progress): Followed {
  if (before.video && sent.revision < before.video.revision) return before;
  return { ...before, progress: new Map(before.progress).set(sent.scene ?? 0, sent) };
}

function replaceScene(scenes: readonly Scene[], scene: Scene): Scene[] {
  const others = scenes.filter((each) => each.number !== scene.number);
  return [...others, scene].sort((a, b) => a.number - b.number);
}

/** Progress of what has ended, or belongs to an earlier revision, is no news. */
function dropEnded(progress: ReadonlyMap<number, Progress>, video: Video): ReadonlyMap<number, Progress> {
  if (["completed", "failed", "cancelled"].includes(video.status)) return new Map();
  const ended = new Set(video.scenes.filter((each) => ["rendered", "failed"].includes(each.status)).map((each) => each.number));
  return new Map([...progress].filter(([scene, sent]) => !ended.has(scene) && sent.revision >= video.revision));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
