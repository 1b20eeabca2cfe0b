import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEvent, type Followed, NOTHING, type Scene, type Video } from "../src/events/fold";

const scene = (number: number, status: string): Scene => ({ number, title: `Scene ${number}`, status }) as Scene;
const video = (fields: Partial<Video> = {}): Video =>
  ({ id: "v", status: "in_progress", revision: 1, progress: 10, scenes: [scene(1, "planned"), scene(2, "planned")], ...fields }) as Video;
const begun: Followed = applyEvent(NOTHING, "video.snapshot", { seq: 5, video: video() });

test("a snapshot is the whole state", () => {
  assert.equal(begun.seq, 5);
  assert.equal(begun.video?.scenes.length, 2);
});

test("an event of a scene replaces that scene and the summary, and nothing else", () => {
  const { scenes: _, ...summary } = video({ progress: 40 });
  const after = applyEvent(begun, "scene.rendered", { seq: 6, video: summary, scene: scene(2, "rendered") });
  assert.deepEqual(after.video?.scenes.map((each) => each.status), ["planned", "rendered"]);
  assert.equal(after.video?.progress, 40);
});

test("an event that was heard before changes nothing", () => {
  assert.equal(applyEvent(begun, "scene.rendered", { seq: 5, video: {}, scene: scene(1, "rendered") }), begun);
});

test("progress is kept by scene until the scene is done", () => {
  const working = applyEvent(begun, "progress", { scene: 2, revision: 1, stage: "render", done: 3, of: 9 });
  assert.equal(working.progress.get(2)?.done, 3);
  const done = applyEvent(working, "scene.rendered", { seq: 7, video: {}, scene: scene(2, "rendered") });
  assert.equal(done.progress.size, 0);
});

test("progress of an earlier revision is no news", () => {
  const later = applyEvent(begun, "video.approved", { seq: 8, video: video({ revision: 2 }) });
  assert.equal(applyEvent(later, "progress", { scene: 1, revision: 1 }).progress.size, 0);
});

test("what is no event is ignored", () => {
  assert.equal(applyEvent(begun, "scene.rendered", null), begun);
  assert.equal(applyEvent(begun, "scene.invented", "text"), begun);
});
