// A script while it is edited: scenes and sentences with keys that stay theirs as they move. Pure.

import type { Schemas } from "../../../api/client";

export type ScriptDocument = Schemas["ScriptDocument"];
export type SentScene = Schemas["ScriptScene"];
export type SentBeat = Schemas["ScriptBeat"];
export type Visual = { kind: string } & Record<string, unknown>;

export type Beat = SentBeat & { readonly key: string };
export type Scene = Omit<SentScene, "beats" | "visual"> & { readonly key: string; beats: readonly Beat[]; visual: Visual | null };
export type Script = Omit<ScriptDocument, "scenes" | "revision" | "approved" | "hints"> & { readonly scenes: readonly Scene[] };

let last = 0;

/** A key that no other scene or sentence of this page has. */
export function makeItemKey(): string {
  last += 1;
  return `k${last}`;
}

/** A script as the API sends it, ready to be edited. What is at the place of something in `like` gets its key: its
 *  field stays, and with it the caret of whoever is typing there. */
export function openScript(sent: ScriptDocument, like?: Script): Script {
  const { revision: _revision, approved: _approved, hints: _hints, scenes, ...rest } = sent;
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

export type PlainScript = Omit<ScriptDocument, "revision" | "approved" | "hints">;

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

/** Something to look at before it is spoken. `said` are the words that it is about; "" for the whole script. */
export type Hint = { readonly code: string; readonly text: string; readonly said: string };

/** The hints that the API gives with a script. */
export function readHints(sent: ScriptDocument): Hint[] {
  return (sent.hints ?? []).map(({ code, text, scene, beat }) => {
    const about = sent.scenes[scene - 1]?.beats[beat - 1];
    return { code, text, said: about ? about.spoken || about.text : "" };
  });
}

/** What is to be told at a sentence: what was found in it, as long as it is read aloud as it was. */
export function findHints(hints: readonly Hint[], beat: Beat): Hint[] {
  return hints.filter((hint) => hint.said !== "" && hint.said === (beat.spoken || beat.text));
}

/** What is to be told of the whole script. Whoever has put in a silence need not be asked for one. */
export function findWholeHints(hints: readonly Hint[], script: Script): Hint[] {
  const silent = script.scenes.some((scene) => scene.beats.some((beat) => beat.pause >= LONG_PAUSE));
  return hints.filter((hint) => hint.said === "" && !(hint.code === "no-pause" && silent));
}

const LONG_PAUSE = 1.2; // seconds in which an idea lands, as the API counts them

/** The texts of a scene, for words and lengths: what is said, not what is shown. */
export function readSpoken(scene: Scene): string {
  return scene.beats.map((beat) => beat.spoken || beat.text).join(" ");
}
