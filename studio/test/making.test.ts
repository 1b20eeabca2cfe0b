import assert from "node:assert/strict";
import { test } from "node:test";
import type { Progress, Scene, Video } from "../src/events/fold";
import { describeMilestone } from "../src/pages/video/making/milestones";
import { describeActivity, describeStage, listSteps } from "../src/pages/video/making/pipeline";
import { describeRemaining } from "../src/pages/video/making/remaining";

const scene = (fields: Partial<Scene>): Scene => ({ number: 2, title: "Light", status: "planned", attempts: [], ...fields }) as Scene;
const progress = (fields: Partial<Progress>): Progress =>
  ({ scene: 2, revision: 1, stage: "renderer", doing: "rendering", done: 30, of: 120, attempt: 1, facts: {}, ...fields }) as Progress;
const states = (...args: Parameters<typeof listSteps>) => listSteps(...args).map((step) => step.state);

test("a scene's steps are done up to the stage it is at", () => {
  assert.deepEqual(states(scene({ status: "waiting" }), undefined, false), ["todo", "todo", "todo"]);
  assert.deepEqual(states(scene({ status: "narrated" }), undefined, false), ["done", "next", "todo"]);
  assert.deepEqual(states(scene({ status: "rendered" }), undefined, false), ["done", "done", "done"]);
});

test("a stage works only once it says so, and shows how far it is", () => {
  const steps = listSteps(scene({ status: "coded" }), progress({}), false);
  assert.deepEqual(steps.map((step) => step.state), ["done", "done", "working"]);
  assert.equal(steps[2]?.share, 0.25);
  assert.deepEqual(states(scene({ status: "coded" }), progress({ stage: "coder" }), false), ["done", "done", "next"]);
});

test("a failed scene shows the stage that failed", () => {
  const failed = scene({ status: "failed", error: { stage: "coder", title: "No code passed" } as Scene["error"] });
  assert.deepEqual(states(failed, undefined, true), ["done", "failed", "todo"]);
  assert.equal(describeActivity(failed, undefined, true), "No code passed");
});

test("a scene that waits for something outside says for what", () => {
  const waiting = { stage: "voice", since: "", problem: { title: "The voice does not answer" } } as unknown as Scene["waiting"];
  const held = scene({ waiting });
  assert.deepEqual(states(held, undefined, false), ["held", "todo", "todo"]);
  assert.equal(describeActivity(held, undefined, false), "Waits: The voice does not answer");
});

test("nothing is at work any more once the video has its outcome", () => {
  assert.deepEqual(states(scene({ status: "coded" }), progress({}), true), ["done", "done", "todo"]);
  assert.equal(describeActivity(scene({ status: "coded" }), progress({}), true), "Not made");
});

test("progress reads as what it is", () => {
  assert.equal(describeActivity(scene({ status: "coded" }), progress({}), false), "Drawing frame 30 of 120");
  assert.equal(describeActivity(scene({}), progress({ stage: "voice", doing: "speaking", of: 1, done: 0 }), false), "Speaking");
  const second = progress({ stage: "coder", doing: "checking the code", of: 1, attempt: 2 });
  assert.equal(describeActivity(scene({ status: "narrated" }), second, false), "Checking the code, attempt 2");
  assert.equal(describeStage("composing", progress({ stage: "composer", doing: "joining" })), "Putting the film together: joining");
  assert.equal(describeStage("a new stage", undefined), "Working");
});

test("a screen reader hears milestones and no progress", () => {
  const video = { scene_count: 5, scenes_rendered: 2, status: "in_progress" };
  assert.equal(describeMilestone({ name: "progress", data: { done: 1 } }), null);
  assert.equal(describeMilestone({ name: "scene.planned", data: { video } }), null);
  assert.equal(describeMilestone({ name: "scene.rendered", data: { video, scene: { number: 2 } } }), "Scene 2 is ready to watch. 2 of 5 scenes ready.");
  const review = { ...video, status: "awaiting_approval" };
  assert.match(describeMilestone({ name: "video.scripted", data: { video: review } }) ?? "", /approve/);
});

test("the time that is left runs down between two events, and is not promised where it is not known", () => {
  const video = { eta: { seconds: 100, low: 60, high: 300 }, queue: { ahead: 3 } } as unknown as Video;
  assert.equal(describeRemaining(video), "3 before this one, 1 to 5 min left");
  assert.equal(describeRemaining(video, 298), "3 before this one, any moment now");
  assert.equal(describeRemaining({} as Video), "");
});
