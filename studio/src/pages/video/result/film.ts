// A finished film as its player needs it, read from its video.

import type { Video } from "../../../events/fold";
import type { Files } from "../../../player/transcript";
import { addVersion, toRatio } from "../view";

export type Film = {
  /** Another one is another film, though the addresses are the same. */
  version: string;
  title: string;
  language: string;
  seconds: number;
  src: string;
  poster: string | undefined;
  ratio: string;
  tall: boolean;
  files: Files;
  stills: ReadonlyMap<number, string>;
};

export function describeFilm(video: Video): Film {
  const version = video.outputs.map((output) => `${output.kind}${output.bytes}`).join("-");
  const stamp = video.outputs.find((output) => output.kind === "video")?.bytes ?? 0;
  const files = Object.fromEntries(video.outputs.map((output) => [output.kind, addVersion(output.url, stamp)]));
  return {
    version,
    title: video.title || video.topic || "Video",
    language: video.language,
    seconds: video.seconds ?? 0,
    src: files.video ?? video.urls.content ?? "",
    poster: files.thumbnail,
    ratio: toRatio(video.options.aspect),
    tall: video.options.aspect === "9:16",
    files,
    stills: new Map(video.scenes.flatMap((scene) => (scene.still ? [[scene.number, addVersion(scene.still, scene.take ?? 0)] as const] : []))),
  };
}
