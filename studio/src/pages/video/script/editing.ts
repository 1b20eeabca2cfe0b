// What can be done to a script: each function takes one and returns another. Pure.

import { type Beat, makeBeat, makeItemKey, type Scene, type Script } from "./model";

export function changeScene(script: Script, key: string, change: (scene: Scene) => Scene): Script {
  return { ...script, scenes: script.scenes.map((scene) => (scene.key === key ? change(scene) : scene)) };
}

export function changeBeat(script: Script, key: string, beatKey: string, change: (beat: Beat) => Beat): Script {
  return changeScene(script, key, (scene) => ({
    ...scene,
    beats: scene.beats.map((beat) => (beat.key === beatKey ? change(beat) : beat)),
  }));
}

/** A new scene after the one with this key; at the end without one. */
export function addScene(script: Script, after: string | null): { script: Script; key: string } {
  const at = after === null ? script.scenes.length : script.scenes.findIndex((scene) => scene.key === after) + 1;
  const like = script.scenes[Math.max(0, at - 1)];
  const scene = { ...clearTexts(like), key: makeItemKey(), beats: [makeBeat()], visual: null } as unknown as Scene;
  return { script: { ...script, scenes: insert(script.scenes, at, scene) }, key: scene.key };
}

export function deleteScene(script: Script, key: string): Script {
  if (script.scenes.length === 1) return script; // a video has at least one
  return { ...script, scenes: script.scenes.filter((scene) => scene.key !== key) };
}

export function moveScene(script: Script, key: string, by: -1 | 1): Script {
  return { ...script, scenes: move(script.scenes, (scene) => scene.key === key, by) };
}

/** Cut a scene in two before one of its sentences. The second part keeps no visual: it shows something of its own. */
export function splitScene(script: Script, key: string, beatKey: string): Script {
  const index = script.scenes.findIndex((scene) => scene.key === key);
  const scene = script.scenes[index];
  const at = scene?.beats.findIndex((beat) => beat.key === beatKey) ?? -1;
  if (!scene || at < 1) return script;
  const first = { ...scene, beats: scene.beats.slice(0, at) };
  const second = { ...scene, key: makeItemKey(), title: `${scene.title} (continued)`, visual: null, beats: scene.beats.slice(at) };
  return { ...script, scenes: [...script.scenes.slice(0, index), first, second, ...script.scenes.slice(index + 1)] };
}

/** Join a scene to the one before it, whose heading and visual stay. */
export function mergeScene(script: Script, key: string): Script {
  const index = script.scenes.findIndex((scene) => scene.key === key);
  const [before, scene] = [script.scenes[index - 1], script.scenes[index]];
  if (!before || !scene) return script;
  const joined = { ...before, visual: before.visual ?? scene.visual, beats: [...before.beats, ...scene.beats] };
  return { ...script, scenes: [...script.scenes.slice(0, index - 1), joined, ...script.scenes.slice(index + 1)] };
}

/** A new sentence after the one with this key; at the end without one. */
export function addBeat(script: Script, key: string, after: string | null): { script: Script; key: string } {
  const beat = makeBeat();
  const changed = changeScene(script, key, (scene) => {
    const at = after === null ? scene.beats.length : scene.beats.findIndex((each) => each.key === after) + 1;
    const speaker = scene.beats[at - 1]?.speaker ?? "";
    return { ...scene, beats: insert(scene.beats, at, { ...beat, speaker }) };
  });
  return { script: changed, key: beat.key };
}

/** Cut a sentence in two. A spoken form of its own cannot be cut with it, and stays with neither. */
export function splitBeat(script: Script, key: string, beatKey: string, offset: number): { script: Script; key: string } {
  const second = makeBeat();
  const changed = changeScene(script, key, (scene) => {
    const at = scene.beats.findIndex((each) => each.key === beatKey);
    const beat = scene.beats[at];
    if (!beat) return scene;
    const [head, tail] = [beat.text.slice(0, offset).trimEnd(), beat.text.slice(offset).trimStart()];
    const beats = [...scene.beats];
    beats.splice(at, 1, { ...beat, text: head, spoken: "", pause: 0 }, { ...second, text: tail, speaker: beat.speaker, pause: beat.pause });
    return { ...scene, beats };
  });
  return { script: changed, key: second.key };
}

/** Join a sentence to the one before it; `offset` is where they meet. */
export function mergeBeat(script: Script, key: string, beatKey: string): { script: Script; key: string; offset: number } | null {
  const scene = script.scenes.find((each) => each.key === key);
  const at = scene?.beats.findIndex((each) => each.key === beatKey) ?? -1;
  const [before, beat] = [scene?.beats[at - 1], scene?.beats[at]];
  if (!before || !beat) return null;
  const joined: Beat = {
    ...before,
    text: join(before.text, beat.text),
    spoken: before.spoken || beat.spoken ? join(before.spoken || before.text, beat.spoken || beat.text) : "",
    show: join(before.show, beat.show),
    pause: beat.pause,
  };
  const changed = changeScene(script, key, (each) => ({
    ...each,
    beats: [...each.beats.slice(0, at - 1), joined, ...each.beats.slice(at + 1)],
  }));
  return { script: changed, key: before.key, offset: before.text.trimEnd().length };
}

export function moveBeat(script: Script, key: string, beatKey: string, by: -1 | 1): Script {
  return changeScene(script, key, (scene) => ({ ...scene, beats: move(scene.beats, (beat) => beat.key === beatKey, by) }));
}

export function deleteBeat(script: Script, key: string, beatKey: string): Script {
  return changeScene(script, key, (scene) =>
    scene.beats.length === 1 ? scene : { ...scene, beats: scene.beats.filter((beat) => beat.key !== beatKey) },
  );
}

/** Leave out what says nothing: sentences that were added and not written, unless the scene has no other. */
export function dropEmptyBeats(script: Script): Script {
  const scenes = script.scenes.map((scene) => {
    const beats = scene.beats.filter((beat) => beat.text.trim() || beat.spoken.trim());
    return beats.length && beats.length < scene.beats.length ? { ...scene, beats } : scene;
  });
  return { ...script, scenes };
}

function insert<T>(items: readonly T[], at: number, item: T): T[] {
  return [...items.slice(0, at), item, ...items.slice(at)];
}

function move<T>(items: readonly T[], isIt: (item: T) => boolean, by: -1 | 1): T[] {
  const from = items.findIndex(isIt);
  const to = from + by;
  const moved = [...items];
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return moved;
  moved.splice(from, 1);
  moved.splice(to, 0, item);
  return moved;
}

function join(first: string, second: string): string {
  return [first.trim(), second.trim()].filter(Boolean).join(" ");
}

/** The same fields with nothing in them, those within included. */
function clearTexts(value: object | undefined): object {
  const clear = (each: unknown): unknown => (typeof each === "string" ? "" : Array.isArray(each) ? [] : typeof each === "object" && each ? clearTexts(each) : null);
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, each]) => [name, clear(each)]));
}
