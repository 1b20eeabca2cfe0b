// The films that can be watched one after the other: pages of the list, as they are needed.

import { request, type Schemas } from "../../api/client";

export type Entry = Schemas["VideoSummary"];
export type Feed = { entries: readonly Entry[]; cursor: string | null; complete: boolean };

export const NOTHING_YET: Feed = { entries: [], cursor: null, complete: false };

const PAGE = 20;
const AHEAD = 4; // films before the end at which more are asked for

/** The feed with its next page. Only finished films of one's own: the list has no others. */
export async function extendFeed(feed: Feed, signal: AbortSignal): Promise<Feed> {
  const { data } = await request("get", "/v1/videos", {
    query: { status: ["completed"], limit: PAGE, ...(feed.cursor ? { after: feed.cursor } : {}) },
    signal,
  });
  return { entries: joinEntries(feed.entries, data.data), cursor: data.next_cursor, complete: !data.has_more };
}

/** One entry for each film, though one may be on two pages when others were deleted between them. */
export function joinEntries(before: readonly Entry[], next: readonly Entry[]): Entry[] {
  const known = new Set(before.map((entry) => entry.id));
  return [...before, ...next.filter((entry) => !known.has(entry.id) && entry.urls.content)];
}

export function needsMore(feed: Feed, at: number): boolean {
  return !feed.complete && at >= feed.entries.length - AHEAD;
}

/** Which films have an element: the one that plays, the next, which loads, and the one before. An element is used for
 *  every third film, so that one that has been allowed to sound stays allowed. */
export function chooseSlots(at: number, count: number): (number | null)[] {
  const slots: (number | null)[] = [null, null, null];
  for (const index of [at - 1, at, at + 1]) {
    if (index >= 0 && index < count) slots[index % 3] = index;
  }
  return slots;
}
