// Edits that are not saved yet, kept in this browser: by video and by tab, so that ten tabs do not overwrite each other.

import { readStored, writeStored } from "../../../storage";
import type { PlainScript } from "./model";

export type Draft = {
  /** The revision and the script that the edits began from. */
  revision: number;
  base: PlainScript;
  script: PlainScript;
  /** When it was kept, in milliseconds. */
  at: number;
};

const MOST = 12; // drafts in this browser; the oldest go first
const LONGEST_MS = 30 * 24 * 3600 * 1000; // as long as a video's history
const INDEX = "drafts";

export function keepDraft(video: string, tab: string, draft: Draft): void {
  writeStored(name(video, tab), JSON.stringify(draft));
  const others = listKept().filter((each) => !(each.video === video && each.tab === tab));
  const kept = [{ video, tab, at: draft.at }, ...others].sort((a, b) => b.at - a.at);
  for (const old of kept.slice(MOST)) writeStored(name(old.video, old.tab), null);
  writeStored(INDEX, JSON.stringify(kept.slice(0, MOST)));
}

export function dropDraft(video: string, tab: string): void {
  writeStored(name(video, tab), null);
  writeStored(INDEX, JSON.stringify(listKept().filter((each) => !(each.video === video && each.tab === tab))));
}

export function readDraft(video: string, tab: string): Draft | null {
  const text = readStored(name(video, tab));
  if (text === null) return null;
  try {
    const draft: unknown = JSON.parse(text);
    return isDraft(draft) && Date.now() - draft.at < LONGEST_MS ? draft : null;
  } catch {
    return null;
  }
}

/** Drafts of this video that other tabs left, the newest first. */
export function listOtherDrafts(video: string, tab: string): { tab: string; draft: Draft }[] {
  return listKept()
    .filter((each) => each.video === video && each.tab !== tab)
    .map((each) => ({ tab: each.tab, draft: readDraft(video, each.tab) }))
    .filter((each): each is { tab: string; draft: Draft } => each.draft !== null);
}

/** The name of this tab: the same after a reload. */
export function getTab(): string {
  const fresh = Math.random().toString(36).slice(2, 10);
  try {
    const known = sessionStorage.getItem("lectern.tab");
    if (known) return known;
    sessionStorage.setItem("lectern.tab", fresh);
  } catch {
    // Without storage each load is a tab of its own, and nothing is kept anyway.
  }
  return fresh;
}

type Kept = { video: string; tab: string; at: number };

function listKept(): Kept[] {
  try {
    const list: unknown = JSON.parse(readStored(INDEX) ?? "[]");
    return Array.isArray(list) ? list.filter(isKept) : [];
  } catch {
    return [];
  }
}

function name(video: string, tab: string): string {
  return `draft.${video}.${tab}`;
}

function isKept(value: unknown): value is Kept {
  const kept = value as Kept | null;
  return typeof kept?.video === "string" && typeof kept.tab === "string" && typeof kept.at === "number";
}

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | null;
  return (
    typeof draft?.revision === "number" &&
    typeof draft.at === "number" &&
    Array.isArray(draft.script?.scenes) &&
    Array.isArray(draft.base?.scenes)
  );
}
