// When each stage of a video waited and worked, in seconds since the revision was asked for.

import type { Schemas } from "../../../api/client";
import type { Video } from "../../../events/fold";
import { formatDuration } from "../../../format/times";

export type Stage = "scripting" | "voicing" | "coding" | "rendering" | "composing";
export type Bar = { stage: Stage; queued: number; began: number; ended: number; attempts: number; cached: boolean };
export type Lane = { name: string; bars: readonly Bar[] };

type Timing = Schemas["StageTiming"];

/** Lanes for what has happened in this revision, and their length. Scenes of earlier revisions took no time in it. */
export function listLanes(video: Video): { lanes: readonly Lane[]; seconds: number } {
  const zero = Date.parse(video.timings.requested_at);
  const toBars = (stages: readonly (readonly [Stage, Timing | null | undefined])[]) =>
    stages.flatMap(([stage, timing]) => {
      const bar = timing ? toBar(stage, timing, zero) : null;
      return bar ? [bar] : [];
    });
  const lanes = [
    { name: "Script", bars: toBars([["scripting", video.timings.scripting]]) },
    ...video.scenes.map((scene) => ({
      name: `Scene ${scene.number}`,
      bars: toBars([
        ["voicing", scene.timings?.voicing],
        ["coding", scene.timings?.coding],
        ["rendering", scene.timings?.rendering],
      ]),
    })),
    { name: "Film", bars: toBars([["composing", video.timings.composing]]) },
  ].filter((lane) => lane.bars.length > 0);
  const seconds = Math.max(0, ...lanes.flatMap((lane) => lane.bars.map((bar) => bar.ended)));
  return { lanes, seconds };
}

function toBar(stage: Stage, timing: Timing, zero: number): Bar | null {
  if (!timing.began_at || !timing.ended_at) return null;
  const since = (time: string) => (Date.parse(time) - zero) / 1000;
  const ended = since(timing.ended_at);
  if (ended < 0) return null;
  const began = Math.max(0, since(timing.began_at));
  const queued = Math.min(began, Math.max(0, since(timing.queued_at)));
  return { stage, queued, began, ended, attempts: timing.attempts, cached: timing.cached === true };
}

export function describeWork(bar: Bar): string {
  const parts = [bar.cached ? "reused" : formatDuration(bar.ended - bar.began)];
  if (bar.attempts > 1) parts.push(`${bar.attempts} attempts`);
  return parts.join(", ");
}
