// Two people, or two tabs, edited one script. What only one of them changed is kept; what both changed is for the user
// to choose. Pure.

import { isSame } from "./changes";
import type { PlainScript, SentScene } from "./model";

export type Conflict = {
  /** A scene's number; null for a part that belongs to the whole script. */
  scene: number | null;
  /** A field of the script, or `scenes`. */
  part: keyof PlainScript;
  mine: unknown;
  theirs: unknown;
};

export type Merge = { merged: PlainScript; conflicts: readonly Conflict[] };

/** Merge by scene and by field. Where both changed one, `merged` has mine. Scenes are compared by their numbers, and as
 *  a whole once somebody has added, moved or deleted one. */
export function mergeScripts(base: PlainScript, mine: PlainScript, theirs: PlainScript): Merge {
  const merged: Record<string, unknown> = { ...theirs };
  const conflicts: Conflict[] = [];
  for (const part of Object.keys(mine) as (keyof PlainScript)[]) {
    if (part === "scenes") continue;
    const choice = choose(base[part], mine[part], theirs[part]);
    merged[part] = choice.value;
    if (choice.conflict) conflicts.push({ scene: null, part, mine: mine[part], theirs: theirs[part] });
  }
  const counts = new Set([base.scenes.length, mine.scenes.length, theirs.scenes.length]);
  if (counts.size === 1) {
    merged.scenes = mine.scenes.map((scene, index) => {
      const other = theirs.scenes[index] as SentScene;
      const choice = choose(base.scenes[index], scene, other);
      if (choice.conflict) conflicts.push({ scene: index + 1, part: "scenes", mine: scene, theirs: other });
      return choice.value;
    });
  } else {
    const choice = choose(base.scenes, mine.scenes, theirs.scenes);
    merged.scenes = choice.value;
    if (choice.conflict) conflicts.push({ scene: null, part: "scenes", mine: mine.scenes, theirs: theirs.scenes });
  }
  return { merged: merged as PlainScript, conflicts };
}

function choose<T>(base: T, mine: T, theirs: T): { value: T; conflict: boolean } {
  if (isSame(mine, theirs) || isSame(theirs, base)) return { value: mine, conflict: false };
  if (isSame(mine, base)) return { value: theirs, conflict: false };
  return { value: mine, conflict: true };
}

/** The merge with the other's version of some conflicts. */
export function takeTheirs(merge: Merge, chosen: ReadonlySet<Conflict>): PlainScript {
  const result: Record<string, unknown> = { ...merge.merged };
  for (const conflict of merge.conflicts) {
    if (!chosen.has(conflict)) continue;
    if (conflict.scene === null) result[conflict.part] = conflict.theirs;
    else {
      const number = conflict.scene;
      result.scenes = (result.scenes as SentScene[]).map((scene, index) => (index === number - 1 ? conflict.theirs : scene));
    }
  }
  return result as PlainScript;
}
