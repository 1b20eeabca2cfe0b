// A script while it is edited: scenes and sentences with keys that stay theirs as they move. Pure.

import type { Schemas } from "../../../api/client";

export type ScriptDocument = Schemas["ScriptDocument"];
export type SentScene = Schemas["ScriptScene"];
export type SentBeat = Schemas["ScriptBeat"];
export type Visual = { kind: string } & Record<string, unknown>;

export type Beat = SentBeat & { readonly key: string };
export type Scene = Omit<SentScene, "beats" | "visual"> & { readonly key: string; beats: readonly Beat[]; visual: Visual | null };
export type Script = Omit<ScriptDocument, "scenes" | "revision" | "approved"> & { readonly scenes: readonly Scene[] };

let last = 0;

/** A key that no other scene or sentence of this page has. */
export function makeItemKey(): string {
  last += 1;
  return `k${last}`;
}

/** A script as the API sends it, ready to be edited. What is at the place of something in `like` gets its key: its
 *  field stays, and with it the caret of whoever is typing there. */
export function openScript(sent: ScriptDocument, like?: Script): Script {
  const { revision: _revision, approved: _approved, scenes, ...rest } = sent;
  return {
    ...rest,
    scenes: scenes.map((scene, index) => {
      const before = like?.scenes[index];
      return {
        ...scene,
        key: before?.key ?? makeItemKey(),
        visual: scene.visual as Visual | null,
        beats: scene.beats.map((beat, position) => ({ ...beat, key: before?.beats[position]?.key ?? makeItemKey() })),
      };
    }),
  };
}

export type PlainScript = Omit<ScriptDocument, "revision" | "approved">;

/** The script as the API accepts it. */
export function closeScript(script: Script): PlainScript {
  return { ...script, scenes: script.scenes.map(closeScene) };
}

export function closeScene({ key: _, beats, visual, ...scene }: Scene): SentScene {
  // The API checks each kind of visual; while one is being written here its fields may not be complete.
  return { ...scene, visual: visual as SentScene["visual"], beats: beats.map(({ key: _key, ...beat }) => beat) };
}

export function makeBeat(text = ""): Beat {
  return { key: makeItemKey(), text, spoken: "", show: "", speaker: "", pause: 0 };
}

/** The texts of a scene, for words and lengths: what is said, not what is shown. */
export function readSpoken(scene: Scene): string {
  return scene.beats.map((beat) => beat.spoken || beat.text).join(" ");
}
