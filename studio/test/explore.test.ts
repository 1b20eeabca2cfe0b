import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseSlots, type Entry, joinEntries, needsMore } from "../src/pages/explore/feed";

const entry = (id: string, content: string | null = `/v1/videos/${id}/content`) => ({ id, urls: { content } }) as Entry;

test("the film, the next and the one before have an element, and keep it while they move", () => {
  assert.deepEqual(chooseSlots(0, 5), [0, 1, null]);
  assert.deepEqual(chooseSlots(1, 5), [0, 1, 2]);
  assert.deepEqual(chooseSlots(2, 5), [3, 1, 2]);
  assert.deepEqual(chooseSlots(0, 1), [0, null, null]);
  for (const at of [1, 2, 3]) assert.equal(chooseSlots(at, 9)[(at + 1) % 3], chooseSlots(at + 1, 9)[(at + 1) % 3]);
});

test("a film is in the feed once, and only with its film", () => {
  const joined = joinEntries([entry("a")], [entry("a"), entry("b"), entry("c", null)]);
  assert.deepEqual(joined.map((each) => each.id), ["a", "b"]);
});

test("more is asked for shortly before the end, and never after it", () => {
  const entries = Array.from({ length: 20 }, (_, index) => entry(String(index)));
  assert.equal(needsMore({ entries, cursor: "x", complete: false }, 3), false);
  assert.equal(needsMore({ entries, cursor: "x", complete: false }, 17), true);
  assert.equal(needsMore({ entries, cursor: null, complete: true }, 19), false);
});
