// What is said in a film, and when: read from its transcript, or from captions and chapters where it has none.

import { type Cue, parseVtt } from "./vtt";

export type Word = { text: string; start: number; end: number; glued: boolean };
export type Sentence = { text: string; start: number; end: number; speaker: string; words: readonly Word[] };
export type Chapter = { number: number; title: string; start: number; end: number; sentences: readonly Sentence[] };
export type Transcript = { language: string; chapters: readonly Chapter[] };

/** The URLs of a film's files by their kind. */
export type Files = Readonly<Record<string, string>>;

export async function loadTranscript(files: Files, signal: AbortSignal): Promise<Transcript> {
  if (files.transcript_json) return readTranscript(JSON.parse(await fetchText(files.transcript_json, signal)));
  const [chapters, captions] = await Promise.all(
    [files.chapters_vtt, files.captions_vtt].map(async (url) => (url ? parseVtt(await fetchText(url, signal)) : [])),
  );
  return joinCues(chapters ?? [], captions ?? []);
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal, credentials: "same-origin" });
  if (!response.ok) throw new Error(`The transcript was answered with ${response.status}.`);
  return response.text();
}

/** The composer's `transcript.json`. What is not as it should be is left out. */
export function readTranscript(value: unknown): Transcript {
  const scenes = isRecord(value) && Array.isArray(value.scenes) ? value.scenes.filter(isRecord) : [];
  return {
    language: isRecord(value) ? text(value.language) : "",
    chapters: scenes.map((scene, index) => ({
      number: number(scene.number) || index + 1,
      title: text(scene.title),
      start: number(scene.start),
      end: number(scene.end),
      sentences: list(scene.sentences).map((sentence) => ({
        text: text(sentence.text),
        start: number(sentence.start),
        end: number(sentence.end),
        speaker: text(sentence.speaker),
        words: list(sentence.words).map((word) => ({
          text: text(word.text),
          start: number(word.start),
          end: number(word.end),
          glued: word.glued === true,
        })),
      })),
    })),
  };
}

/** A film made by an earlier version: captions stand for sentences, and there are no times of words. */
export function joinCues(chapters: readonly Cue[], captions: readonly Cue[]): Transcript {
  const last = captions.at(-1)?.end ?? 0;
  const parts = chapters.length > 0 ? chapters : captions.length > 0 ? [{ start: 0, end: last, text: "" }] : [];
  return {
    language: "",
    chapters: parts.map((chapter, index) => ({
      number: index + 1,
      title: chapter.text,
      start: chapter.start,
      end: chapter.end,
      sentences: captions
        .filter((cue) => cue.start >= chapter.start && cue.start < chapter.end)
        .map((cue) => ({ ...cue, speaker: "", words: [] })),
    })),
  };
}

/** The index of the last part that has begun at a time; -1 before the first. Parts are in the order of their starts. */
export function findAt(parts: readonly { start: number }[], seconds: number): number {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.start ?? 0) <= seconds + 0.001) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How far a part has been played, 0 to 1. */
export function fillOf({ start, end }: { start: number; end: number }, seconds: number): number {
  return end <= start ? 0 : Math.min(1, Math.max(0, (seconds - start) / (end - start)));
}

/** Sentences that contain all words of a search, whatever their case and accents. */
export function searchSentences<T extends { text: string }>(sentences: readonly T[], query: string): T[] {
  const wanted = fold(query).split(/\s+/).filter(Boolean);
  return sentences.filter((sentence) => {
    const folded = fold(sentence.text);
    return wanted.every((word) => folded.includes(word));
  });
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
