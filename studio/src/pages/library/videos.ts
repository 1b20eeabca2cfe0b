// The library's list: pages that are loaded one after the other, kept up to date while something is being made.

import { type Signal, signal } from "@preact/signals";
import { request, type Schemas } from "../../api/client";
import { type Problem, toProblem } from "../../api/problem";

export type Summary = Schemas["VideoSummary"];
export type Filter = { q: string; show: Show };
export type Show = "all" | "making" | "waiting" | "finished" | "failed";

/** What each filter asks the API for. */
export const STATUSES: Readonly<Record<Show, readonly Summary["status"][]>> = {
  all: [],
  making: ["queued", "in_progress"],
  waiting: ["awaiting_approval"],
  finished: ["completed"],
  failed: ["failed", "cancelled"],
};

const PAGE = 24;
const MOVING: ReadonlySet<string> = new Set(["queued", "in_progress", "awaiting_approval"]);

export type List = {
  videos: readonly Summary[];
  cursor: string | null;
  loading: boolean;
  /** True once the first page is there. */
  begun: boolean;
  problem: Problem | null;
};

const EMPTY: List = { videos: [], cursor: null, loading: false, begun: false, problem: null };

export type Library = {
  list: Signal<List>;
  /** Load the next page; the first one when there is none yet. */
  more: () => Promise<void>;
  /** Ask again for what was already loaded and may have changed. */
  refresh: () => Promise<void>;
  remove: (id: string) => void;
  close: () => void;
};

export function openLibrary(filter: Filter): Library {
  const list = signal<List>(EMPTY);
  const stop = new AbortController();

  async function fetchPage(after: string): Promise<Schemas["VideoList"]> {
    const query = { limit: PAGE, after, q: filter.q, status: [...STATUSES[filter.show]] };
    return (await request("get", "/v1/videos", { query, signal: stop.signal })).data;
  }

  async function more(): Promise<void> {
    const before = list.peek();
    if (before.loading || (before.begun && !before.cursor)) return;
    list.value = { ...before, loading: true, problem: null };
    try {
      const page = await fetchPage(before.cursor ?? "");
      list.value = { videos: mergeVideos(list.peek().videos, page.data), cursor: page.next_cursor, loading: false, begun: true, problem: null };
    } catch (error) {
      if (!stop.signal.aborted) list.value = { ...list.peek(), loading: false, problem: toProblem(error) };
    }
  }

  async function refresh(): Promise<void> {
    const before = list.peek();
    if (before.loading || !before.begun) return;
    try {
      const page = await fetchPage("");
      list.value = { ...list.peek(), videos: replaceNewest(list.peek().videos, page.data, page.next_cursor) };
    } catch {
      // The next time will do; what is shown stays.
    }
  }

  return {
    list,
    more,
    refresh,
    remove: (id) => {
      list.value = { ...list.peek(), videos: list.peek().videos.filter((video) => video.id !== id) };
    },
    close: () => stop.abort(),
  };
}

/** Earlier pages with the next one after them; what is in both is the newer. */
export function mergeVideos(before: readonly Summary[], page: readonly Summary[]): Summary[] {
  const ids = new Set(page.map((video) => video.id));
  return [...before.filter((video) => !ids.has(video.id)), ...page];
}

/** The list with its newest page read again: new videos join, changed ones change, and what has gone from the page goes. */
export function replaceNewest(before: readonly Summary[], page: readonly Summary[], cursor: string | null): Summary[] {
  const last = page.at(-1)?.id;
  const older = cursor === null || last === undefined ? [] : before.filter((video) => video.id < last);
  return [...page, ...older];
}

export function isMoving(video: Summary): boolean {
  return MOVING.has(video.status);
}
