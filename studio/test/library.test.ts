import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeVideos, replaceNewest, type Summary } from "../src/pages/library/videos";

const make = (id: string, progress = 0): Summary => ({ id, progress }) as Summary;
const ids = (videos: readonly Summary[]) => videos.map((video) => video.id).join("");

test("the next page follows the ones before it, without repeating any", () => {
  assert.equal(ids(mergeVideos([make("d"), make("c")], [make("c"), make("b")])), "dcb");
});

test("reading the newest page again brings new videos, changes, and lets deleted ones go", () => {
  const before = [make("e"), make("d"), make("c"), make("b"), make("a")];
  const page = [make("f"), make("e", 50), make("c")]; // d was deleted
  const after = replaceNewest(before, page, "c");
  assert.equal(ids(after), "fecba");
  assert.equal(after[1]?.progress, 50);
});

test("when the newest page is all there is, nothing older is kept", () => {
  assert.equal(ids(replaceNewest([make("b"), make("a")], [make("b")], null)), "b");
  assert.equal(ids(replaceNewest([make("b")], [], null)), "");
});
