// A finished film as its player needs it.

import type { Files } from "./transcript";

export type Film = {
  /** Another one is another film, though the addresses are the same. */
  version: string;
  title: string;
  language: string;
  seconds: number;
  src: string;
  poster: string | undefined;
  /** As CSS writes it: "16 / 9". */
  ratio: string;
  tall: boolean;
  files: Files;
  /** A picture of each scene, by its number. */
  stills: ReadonlyMap<number, string>;
};

type Output = { kind: string; url: string; bytes: number };
type Described = {
  title: string;
  language: string;
  seconds: number;
  aspect: string;
  outputs: readonly Output[];
  stills?: ReadonlyMap<number, string>;
};

export function describeFilm({ title, language, seconds, aspect, outputs, stills = new Map() }: Described): Film {
  // A fragment that changes with the content has a browser load it anew; the server does not see it.
  const stamp = outputs.find((output) => output.kind === "video")?.bytes ?? 0;
  const files = Object.fromEntries(outputs.map((output) => [output.kind, `${output.url}#v=${stamp}`]));
  return {
    version: outputs.map((output) => `${output.kind}${output.bytes}`).join("-"),
    title: title || "Video",
    language,
    seconds,
    src: files.video ?? "",
    poster: files.thumbnail,
    ratio: /^\d+:\d+$/.test(aspect) ? aspect.replace(":", " / ") : "16 / 9",
    tall: aspect === "9:16",
    files,
    stills,
  };
}
