// What a screen reader is told while a video is made: milestones, never percentages. Pure.

import type { StreamEvent } from "../../../events/follow";

/** What to say about an event; null for what is no milestone. */
export function describeMilestone({ name, data }: StreamEvent): string | null {
  const video = (data.video ?? {}) as Summary;
  const scene = (data.scene ?? {}) as SceneNews;
  switch (name) {
    case "video.scripted":
      return video.status === "awaiting_approval"
        ? `The script is written, with ${count(video.scene_count)}. It waits for you to approve it.`
        : `The script is written, with ${count(video.scene_count)}.`;
    case "scene.rendered":
      return `Scene ${scene.number} is ready to watch. ${video.scenes_rendered} of ${count(video.scene_count)} ready.`;
    case "scene.failed":
      return `Scene ${scene.number} failed: ${scene.error?.title ?? "see its details"}.`;
    case "scene.delayed":
      return scene.waiting ? `Scene ${scene.number} waits: ${scene.waiting.problem.title}.` : null;
    case "video.delayed":
      return video.waiting ? `The video waits: ${video.waiting.problem.title}.` : null;
    case "video.completed":
      return "Your video is ready.";
    case "video.failed":
      return `The video could not be made: ${video.error?.title ?? "see its problem"}.`;
    case "video.cancelled":
      return "The video was cancelled.";
    default:
      return null;
  }
}

type Told = { problem: { title: string } };
type Summary = {
  status?: string;
  scene_count?: number;
  scenes_rendered?: number;
  waiting?: Told | null;
  error?: { title: string } | null;
};
type SceneNews = { number?: number; error?: { title: string } | null; waiting?: Told | null };

function count(scenes: number | undefined): string {
  return scenes === 1 ? "1 scene" : `${scenes ?? 0} scenes`;
}
