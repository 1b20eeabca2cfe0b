// What every view of a video's page is given, and what the API tells of a video beside its state.

import type { Video } from "../../events/fold";
import type { Following } from "../../events/follow";

export type ViewProps = {
  id: string;
  video: Video;
  following: Following;
  /** What follows the video's id in the address. */
  rest: string;
};

/** How a video's shape is written in CSS: "16:9" -> "16 / 9". */
export function toRatio(aspect: string): string {
  return /^\d+:\d+$/.test(aspect) ? aspect.replace(":", " / ") : "16 / 9";
}

export function hasEnded(video: Video): boolean {
  return video.status === "completed" || video.status === "failed" || video.status === "cancelled";
}

/** The address of a media file, with what tells this version from the ones before: a browser then loads it anew. */
export function addVersion(url: string, version: string | number): string {
  return `${url}#v=${version}`;
}
