import assert from "node:assert/strict";
import { test } from "node:test";
import type { Video } from "../src/events/fold";
import { listLanguages } from "../src/pages/video/result/dub-dialog";
import { addDownload } from "../src/pages/video/result/files";
import { combineForms } from "../src/pages/video/result/forms";
import { describeWork, listLanes } from "../src/pages/video/result/lanes";

const OWN = { aspect: "16:9", theme: "dark", quality: "draft" };

test("every combination that is ticked is wanted, but the film itself", () => {
  assert.deepEqual(combineForms({ aspect: ["16:9", "9:16"], theme: ["dark"], quality: ["draft"] }, OWN), [{ aspect: "9:16" }]);
  assert.deepEqual(combineForms({ aspect: ["16:9"], theme: ["dark"], quality: ["draft"] }, OWN), []);
  assert.equal(combineForms({ aspect: ["16:9", "9:16"], theme: ["dark", "light"], quality: ["draft", "high"] }, OWN).length, 7);
  assert.deepEqual(combineForms({ aspect: [], theme: ["dark"], quality: ["draft"] }, OWN), []);
});

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22) + seconds * 1000).toISOString();
const timing = (queued: number, began: number, ended: number | null, extra: object = {}) => ({
  queued_at: at(queued),
  began_at: at(began),
  ended_at: ended === null ? null : at(ended),
  attempts: 1,
  ...extra,
});

test("lanes show waiting and working since the revision was asked for", () => {
  const video = {
    timings: { requested_at: at(0), scripting: timing(0, 1, 3), composing: timing(9, 9, 12) },
    scenes: [
      { number: 1, timings: { voicing: timing(3, 5, 6), coding: timing(6, 6, 7, { cached: true }), rendering: timing(7, 8, null) } },
      { number: 2, timings: { voicing: timing(-90, -80, -70) } },
    ],
  } as unknown as Video;
  const { lanes, seconds } = listLanes(video);
  assert.deepEqual(lanes.map((lane) => lane.name), ["Script", "Scene 1", "Film"]);
  assert.equal(seconds, 12);
  const [voicing, coding] = lanes[1]?.bars ?? [];
  assert.deepEqual([voicing?.queued, voicing?.began, voicing?.ended], [3, 5, 6]);
  assert.equal(coding && describeWork(coding), "reused");
});

test("languages to dub into are those with a voice, once each, without the film's own", () => {
  assert.deepEqual(listLanguages(["en-GB", "de-DE", "de-AT", "mul", "fr"], "en"), ["fr", "de"]);
});

test("a download keeps the address's own query", () => {
  assert.equal(addDownload("/content?variant=video"), "/content?variant=video&download=1");
  assert.equal(addDownload("/scenes/1/video"), "/scenes/1/video?download=1");
});
