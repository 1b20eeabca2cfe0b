// What the user has typed and chosen so far. It is kept in this browser until it has become a video.

import { effect, signal } from "@preact/signals";
import type { Schemas } from "../../api/client";
import { readStored, writeStored } from "../../storage";

export type Brand = {
  /** Colours by a palette's names; what is missing is the theme's. */
  colours: Readonly<Record<string, string>>;
  font: Schemas["BrandRequest"]["font"];
  /** The id of an uploaded image, "" for none. */
  logo: string;
  logoName: string;
};

export const EMPTY_BRAND: Brand = { colours: {}, font: "", logo: "", logoName: "" };

export type Options = {
  aspect: "16:9" | "9:16" | "1:1";
  theme: "dark" | "light" | "chalkboard" | "contrast";
  captions: "plain" | "karaoke" | "off";
  burn: boolean;
  quality: "draft" | "standard" | "high" | "ultra";
  language: string;
  voice: string;
  rate: number;
  /** "none", a track that comes with Lectern, or the id of an uploaded one. */
  music: string;
  musicName: string;
  sounds: "on" | "off";
  seconds: number;
  audience: string;
  tone: string;
  style: "narration" | "dialogue";
  review: boolean;
  critique: "auto" | "on" | "off";
  search: boolean;
  budget: string;
  bulk: boolean;
  brand: Brand;
  cards: boolean;
};

export type Draft = {
  source: "topic" | "document";
  topic: string;
  markdown: string;
  /** Image names as the document writes them, and the ids they were stored under. */
  images: Readonly<Record<string, string>>;
  options: Options;
};

export const DEFAULT_OPTIONS: Options = {
  aspect: "16:9",
  theme: "dark",
  captions: "plain",
  burn: false,
  quality: "standard",
  language: "",
  voice: "",
  rate: 1,
  music: "calm",
  musicName: "",
  sounds: "on",
  seconds: 0,
  audience: "",
  tone: "",
  style: "narration",
  review: false,
  critique: "auto",
  search: false,
  budget: "",
  bulk: false,
  brand: EMPTY_BRAND,
  cards: true,
};

export const EMPTY_DRAFT: Draft = { source: "topic", topic: "", markdown: "", images: {}, options: DEFAULT_OPTIONS };

export const DRAFT_KEY = "draft";

/** A stored draft, with defaults for whatever is missing or no longer fits. */
export function restoreDraft(text: string | null): Draft {
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? "null");
  } catch {
    return EMPTY_DRAFT;
  }
  if (!isRecord(stored)) return EMPTY_DRAFT;
  return {
    source: stored.source === "document" ? "document" : "topic",
    topic: typeof stored.topic === "string" ? stored.topic : "",
    markdown: typeof stored.markdown === "string" ? stored.markdown : "",
    images: isRecord(stored.images) ? keepTexts(stored.images) : {},
    options: keepKnown(DEFAULT_OPTIONS, stored.options),
  };
}

/** The body of POST /v1/videos. What is left at its default is left out. */
export function makeRequest(draft: Draft): Schemas["VideoRequest"] {
  const { options } = draft;
  const sent: Record<string, unknown> = {};
  const add = (name: string, value: unknown, fallback: unknown) => {
    if (value !== fallback && value !== undefined) sent[name] = value;
  };
  add("quality", options.quality, "standard");
  add("aspect", options.aspect, "16:9");
  add("theme", options.theme, "dark");
  add("captions", options.captions, "plain");
  add("burn_captions", options.burn && options.captions !== "off", false);
  add("language", options.language, "");
  add("voice", options.voice, "");
  add("speaking_rate", options.rate, 1);
  add("music", options.music || "none", "calm");
  add("sounds", options.sounds, "on");
  add("review", options.review, false);
  add("critique", { auto: undefined, on: true, off: false }[options.critique], undefined);
  add("brand", nameBrand(options.brand), undefined);
  add("cards", options.cards, true);
  add("max_cost_usd", readBudget(options.budget), undefined);
  const body: Record<string, unknown> = { options: sent };
  if (draft.source === "topic") body.topic = draft.topic.trim();
  else body.document = { markdown: draft.markdown, assets: draft.images };
  if (options.audience.trim()) body.audience = options.audience.trim();
  if (options.seconds) body.target_seconds = options.seconds;
  if (options.tone.trim()) body.tone = options.tone.trim();
  if (options.style !== "narration") body.style = options.style;
  if (options.search) body.search = true;
  if (options.bulk) body.lane = "bulk";
  return body as Schemas["VideoRequest"];
}

/** A brand as the API takes it: what was chosen of it, or nothing. */
function nameBrand({ colours, font, logo }: Brand): object | undefined {
  const chosen = { ...(Object.keys(colours).length && { colours }), ...(font && { font }), ...(logo && { logo }) };
  return Object.keys(chosen).length ? chosen : undefined;
}

/** Dollars as typed, with a point or a comma; undefined for none. What is no number is sent as it is, and refused with a
 *  reason: a limit that nobody can read must not become no limit. */
export function readBudget(text: string): number | string | undefined {
  const cleaned = text.replace(/[$\s]/g, "").replace(",", ".");
  if (cleaned === "") return undefined;
  const dollars = Number(cleaned);
  return Number.isFinite(dollars) ? dollars : text.trim();
}

/** True when there is something to make a video of. */
export function hasSource(draft: Draft): boolean {
  return (draft.source === "topic" ? draft.topic : draft.markdown).trim() !== "";
}

/** The draft of this browser, kept as it changes. */
export const draft = signal<Draft>(EMPTY_DRAFT);

/** Restore the draft, and keep it whenever it changes. Returns how to stop. */
export function keepDraft(): () => void {
  draft.value = restoreDraft(readStored(DRAFT_KEY));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => writeStored(DRAFT_KEY, JSON.stringify(draft.peek()));
  const stop = effect(() => {
    draft.value;
    clearTimeout(timer);
    timer = setTimeout(save, 250);
  });
  addEventListener("pagehide", save);
  return () => {
    stop();
    clearTimeout(timer);
    removeEventListener("pagehide", save);
    save();
  };
}

export function changeDraft(changes: Partial<Draft>): void {
  draft.value = { ...draft.peek(), ...changes };
}

export function changeOptions(changes: Partial<Options>): void {
  changeDraft({ options: { ...draft.peek().options, ...changes } });
}

export function changeBrand(changes: Partial<Brand>): void {
  changeOptions({ brand: { ...draft.peek().options.brand, ...changes } });
}

const SENT_KEY = "sent";
const MOST_SENT = 5;

/** Keep the words that became a video: should it fail before it has a script, they are all there is to correct. */
export function keepSent(id: string): void {
  writeStored(SENT_KEY, JSON.stringify([[id, draft.peek()], ...readSent().filter(([other]) => other !== id)].slice(0, MOST_SENT)));
}

/** True where this browser still has the words of a video. */
export function hasSent(id: string): boolean {
  return readSent().some(([other]) => other === id);
}

/** Put the words of a video back into the form. */
export function reopenSent(id: string): void {
  const sent = readSent().find(([other]) => other === id);
  if (sent) writeStored(DRAFT_KEY, JSON.stringify(sent[1]));
}

function readSent(): [string, unknown][] {
  try {
    const stored: unknown = JSON.parse(readStored(SENT_KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((each): each is [string, unknown] => Array.isArray(each) && typeof each[0] === "string") : [];
  } catch {
    return [];
  }
}

/** The words have become a video; the choices stay for the next one. */
export function clearSource(): void {
  changeDraft({ topic: "", markdown: "", images: {}, source: "topic" });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function keepTexts(value: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

function keepKnown<T extends object>(defaults: T, stored: unknown): T {
  if (!isRecord(stored)) return defaults;
  const kept = Object.entries(defaults).map(([name, fallback]) => {
    const value = name === "brand" ? readBrand(stored[name]) : stored[name];
    return [name, typeof value === typeof fallback && isAllowed(name, value) ? value : fallback];
  });
  return Object.fromEntries(kept) as T;
}

function readBrand(stored: unknown): Brand {
  if (!isRecord(stored)) return EMPTY_BRAND;
  const { colours, ...texts } = stored;
  const kept = isRecord(colours) ? Object.entries(keepTexts(colours)).filter(([, colour]) => /^#[0-9a-f]{6}$/i.test(colour)) : [];
  return { ...EMPTY_BRAND, ...keepKnown({ font: "", logo: "", logoName: "" }, texts), colours: Object.fromEntries(kept) } as Brand;
}

const ALLOWED: Readonly<Record<string, readonly unknown[]>> = {
  aspect: ["16:9", "9:16", "1:1"],
  theme: ["dark", "light", "chalkboard", "contrast"],
  captions: ["plain", "karaoke", "off"],
  quality: ["draft", "standard", "high", "ultra"],
  style: ["narration", "dialogue"],
  critique: ["auto", "on", "off"],
};

function isAllowed(name: string, value: unknown): boolean {
  return ALLOWED[name]?.includes(value) ?? true;
}
