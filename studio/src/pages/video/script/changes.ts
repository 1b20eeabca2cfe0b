// What an edit means: which scenes will be made again, and how long it will be. Pure.

import { formatDuration } from "../../../format/times";
import { closeScript, type PlainScript, readSpoken, type Scene, type Script } from "./model";

/** True if both say the same, whatever the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].every((name) => isSame(left[name], right[name]));
}

/** The numbers of the scenes that saving makes again, as the API decides it (`PUT …/script`): those that differ from
 *  the scene of the same number, all of them in another language, those that show or say what is told around them, and
 *  the first alone where only the whole is joined anew. */
export function listRemade(before: PlainScript, after: Script, cards = true): number[] {
  const now = closeScript(after);
  if (isSame(before, now)) return [];
  const changed = now.scenes
    .map((scene, index) => ({ number: index + 1, same: isSame(scene, before.scenes[index]) }))
    .filter(({ number, same }) => before.language !== now.language || !same || !isSame(tellAround(before, number, cards), tellAround(now, number, cards)))
    .map(({ number }) => number);
  return changed.length ? changed : [1];
}

/** What a scene shows and says of the script around it: its cards, its heading, and how words are said. */
function tellAround(script: PlainScript, number: number, cards: boolean): unknown {
  const scene = script.scenes[number - 1];
  const said = scene?.beats.map((beat) => beat.spoken || beat.text).join(" ") ?? "";
  const closes = cards && number === script.scenes.length && Boolean(script.idea || script.sources.length);
  return {
    opening: cards && number === 1 ? script.question || script.title : "",
    closing: closes ? [script.idea || script.title, script.sources] : [],
    heading: scene?.title ? "" : script.title,
    pronunciations: Object.fromEntries(Object.entries(script.pronunciations).filter(([word]) => said.includes(word))),
  };
}

/** [2, 3, 4, 7] -> "scenes 2 to 4 and 7"; [1] -> "scene 1". */
export function formatScenes(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  const parts = runs.flatMap(([from, to]) => (to === from ? [`${from}`] : to === from + 1 ? [`${from}`, `${to}`] : [`${from} to ${to}`]));
  const listed = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : (parts[0] ?? "");
  return `${numbers.length === 1 ? "scene" : "scenes"} ${listed}`;
}

/** The words that are said, counted as the language counts them. */
export function countWords(text: string, language: string): number {
  const words = new Intl.Segmenter(pickLocale(language), { granularity: "word" }).segment(text);
  let count = 0;
  for (const each of words) if (each.isWordLike) count += 1;
  return count;
}

function pickLocale(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined; // a tag that this browser does not know: its own language's rules will do
  }
}

const WORDS_PER_SECOND = 2.5; // 150 words a minute, the usual pace of a narration

export type Measured = { text: string; seconds: number };

/** How fast this video's voice speaks, from the scenes that are spoken already; the usual pace before there are any. */
export function measurePace(measured: readonly Measured[], language: string, rate: number): number {
  const seconds = measured.reduce((sum, each) => sum + each.seconds, 0);
  const words = measured.reduce((sum, each) => sum + countWords(each.text, language), 0);
  return seconds > 5 && words > 5 ? words / seconds : WORDS_PER_SECOND * rate;
}

/** About how long a scene will be, in seconds. */
export function estimateSeconds(scene: Scene, language: string, pace: number): number {
  return countWords(readSpoken(scene), language) / pace;
}

/** An estimated length in words: whole seconds, as more is not known. */
export function formatEstimate(seconds: number): string {
  return formatDuration(Math.max(1, Math.round(seconds)));
}
