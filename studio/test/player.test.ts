import assert from "node:assert/strict";
import { test } from "node:test";
import { belongsToControl, movesPage, readCommand } from "../src/player/keys";
import { stepThrough } from "../src/player/playback";
import { findChapterStart } from "../src/player/player";
import { fitParts } from "../src/player/seek-bar";
import { fillOf, findAt, joinCues, loadTranscript, readTranscript, searchSentences } from "../src/player/transcript";
import { parseVtt } from "../src/player/vtt";

const pressed = (key: string, held: object = {}) => readCommand({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("keys are those of the players that people know", () => {
  assert.deepEqual(pressed(" "), { do: "toggle" });
  assert.deepEqual(pressed("j"), { do: "skip", by: -10 });
  assert.deepEqual(pressed("ArrowRight"), { do: "skip", by: 5 });
  assert.deepEqual(pressed(">"), { do: "rate", by: 1 });
  assert.deepEqual(pressed("7"), { do: "jump", to: 0.7 });
  assert.equal(pressed("x"), null);
});

test("the browser's own keys stay its own", () => {
  for (const held of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) assert.equal(pressed("f", held), null);
  assert.deepEqual(["ArrowDown", "Home", " ", "k"].map(movesPage), [true, true, false, false]);
});

test("a control that has the focus keeps its keys", () => {
  const element = (matching: string, extra: object = {}) =>
    ({ closest: (selectors: string) => (selectors.split(", ").includes(matching) ? extra : null) }) as unknown as Element;
  assert.equal(belongsToControl(element("textarea"), "k"), true);
  assert.equal(belongsToControl(element("button"), " "), true);
  assert.equal(belongsToControl(element("button"), "k"), false);
  assert.equal(belongsToControl(element("input", { type: "search", dataset: {} }), "k"), true);
  assert.equal(belongsToControl(element("input", { type: "range", dataset: {} }), "ArrowLeft"), false);
  assert.equal(belongsToControl(element("input", { type: "range", dataset: { own: "" } }), "ArrowLeft"), true);
});

test("paces go up and down in steps, and stop at the ends", () => {
  assert.equal(stepThrough(1, 1), 1.25);
  assert.equal(stepThrough(1, -1), 0.75);
  assert.equal(stepThrough(2, 1), 2);
  assert.equal(stepThrough(0.5, -1), 0.5);
});

test("cues are read with their times, and without marks and entities", () => {
  const cues = parseVtt("\uFEFFWEBVTT\r\n\r\nNOTE hello\r\n\r\n1\r\n00:01.500 --> 00:03.000 line:80%\r\n<c.now>Tides</c> &amp; <00:00:02.000>moons\r\nrise\r\n\r\n01:00:00.000 --> 01:00:01.000\nlate\n");
  assert.deepEqual(cues, [
    { start: 1.5, end: 3, text: "Tides & moons rise" },
    { start: 3600, end: 3601, text: "late" },
  ]);
  assert.deepEqual(parseVtt("WEBVTT\n\n00:99.000 --> x\nbroken"), []);
});

const TIMED = {
  version: 1,
  language: "en",
  scenes: [
    { number: 1, title: "Tides", start: 0, end: 4, sentences: [{ text: "The sea rises.", start: 0.2, end: 1.4, speaker: "", words: [{ text: "The", start: 0.2, end: 0.4 }] }] },
    { number: 2, title: "Moon", start: 4, end: 9, sentences: [{ text: "Éva says so.", start: 4.2, end: 5, speaker: "Éva", words: [] }, 7] },
    "no scene",
  ],
};

test("a transcript is read, and what is none is left out", () => {
  const { chapters, language } = readTranscript(TIMED);
  assert.equal(language, "en");
  assert.deepEqual(chapters.map(({ title, sentences }) => [title, sentences.length]), [["Tides", 1], ["Moon", 1]]);
  assert.deepEqual(chapters[0]?.sentences[0]?.words, [{ text: "The", start: 0.2, end: 0.4, glued: false }]);
  assert.deepEqual(readTranscript(null), { language: "", chapters: [] });
});

test("captions and chapters stand in for the transcript of an older film", async () => {
  const captions = [{ start: 0, end: 2, text: "one" }, { start: 5, end: 6, text: "two" }];
  const chapters = [{ start: 0, end: 4, text: "First" }, { start: 4, end: 8, text: "Second" }];
  assert.deepEqual(joinCues(chapters, captions).chapters.map((each) => each.sentences.map((sentence) => sentence.text)), [["one"], ["two"]]);
  assert.equal(joinCues([], captions).chapters[0]?.sentences.length, 2);
  assert.deepEqual((await loadTranscript({}, AbortSignal.timeout(1000))).chapters, []);
});

test("the part that is spoken is found by its start", () => {
  const parts = [{ start: 0 }, { start: 2 }, { start: 5 }];
  assert.deepEqual([-1, 0, 1.9, 2, 4, 99].map((seconds) => findAt(parts, seconds)), [-1, 0, 0, 1, 1, 2]);
  assert.equal(findAt([], 3), -1);
});

test("parts fill up as they are played", () => {
  assert.deepEqual([1, 2, 3, 9].map((seconds) => fillOf({ start: 2, end: 4 }, seconds)), [0, 0, 0.5, 1]);
  assert.equal(fillOf({ start: 2, end: 2 }, 2), 0);
});

test("the seek bar has no gaps, whatever the chapters' own ends", () => {
  assert.deepEqual(fitParts([{ start: 0.2, end: 3 }, { start: 4, end: 7 }], 8), [{ start: 0, end: 4 }, { start: 4, end: 8 }]);
});

test("previous goes to the start of a chapter first, then to the one before", () => {
  const { chapters } = readTranscript(TIMED);
  assert.equal(findChapterStart(chapters, 8, -1), 4);
  assert.equal(findChapterStart(chapters, 5, -1), 0);
  assert.equal(findChapterStart(chapters, 1, 1), 4);
  assert.equal(findChapterStart(chapters, 8, 1), 4);
});

test("a search finds all its words, whatever their accents and case", () => {
  const sentences = readTranscript(TIMED).chapters.flatMap((chapter) => chapter.sentences);
  assert.deepEqual(searchSentences(sentences, "EVA so").map((each) => each.text), ["Éva says so."]);
  assert.equal(searchSentences(sentences, "moonlight").length, 0);
});
