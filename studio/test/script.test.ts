import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords, estimateSeconds, formatScenes, isSame, listRemade, measurePace } from "../src/pages/video/script/changes";
import * as edit from "../src/pages/video/script/editing";
import { mergeScripts, takeTheirs } from "../src/pages/video/script/merging";
import { type Beat, closeScript, findHints, findWholeHints, openScript, type PlainScript, readHints, type Script, type ScriptDocument } from "../src/pages/video/script/model";
import { findForm, parseField, printField, summarizeVisual, type VisualField } from "../src/pages/video/script/visual-forms";

const beat = (text: string) => ({ text, spoken: "", show: "", speaker: "" });
const scene = (title: string, ...texts: string[]) => ({
  title,
  beats: texts.map(beat),
  visual: { kind: "bullets", items: [title] },
  plan: { idea: "an idea", purpose: "", shows: "", form: "" },
});
const sent = (fields: object = {}): ScriptDocument =>
  ({
    revision: 3,
    approved: true,
    title: "The leaf",
    language: "en",
    scenes: [scene("Light", "A leaf catches light.", "It is green."), scene("Sugar", "It makes sugar."), scene("Air", "Oxygen leaves.")],
    sources: [],
    pronunciations: {},
    doubts: [],
    ...fields,
  }) as unknown as ScriptDocument;
const open = (fields: object = {}): Script => openScript(sent(fields));
const plain = (fields: object = {}): PlainScript => closeScript(open(fields));
const titles = (script: Script) => script.scenes.map((each) => each.title);
const texts = (script: Script, index = 0) => script.scenes[index]?.beats.map((each) => each.text);
const key = (script: Script, index: number) => script.scenes[index]?.key ?? "";
const beatKey = (script: Script, index: number, position: number) => script.scenes[index]?.beats[position]?.key ?? "";

test("a script that was opened and closed is what it was", () => {
  const { revision: _, approved: __, hints: ___, ...rest } = sent();
  assert.deepEqual(plain(), rest);
});

test("a script that did not change has nothing to make again", () => {
  assert.deepEqual(listRemade(plain(), open()), []);
});

test("only the scenes that changed are made again", () => {
  const script = open();
  const changed = edit.changeBeat(script, key(script, 1), beatKey(script, 1, 0), (each) => ({ ...each, text: "Sugar it makes." }));
  assert.deepEqual(listRemade(plain(), changed), [2]);
});

test("scenes that moved are other scenes of their numbers", () => {
  const script = open();
  assert.deepEqual(listRemade(plain(), edit.moveScene(script, key(script, 0), 1)), [1, 2]);
});

test("cutting the last scene only joins the rest anew, as does a new title", () => {
  const script = open();
  assert.deepEqual(listRemade(plain(), edit.deleteScene(script, key(script, 2))), [1]);
  assert.deepEqual(listRemade(plain(), { ...script, title: "The green leaf" }), [1]);
});

test("what is told around the scenes is made again where it is seen or heard", () => {
  const script = open();
  assert.deepEqual(listRemade(plain(), { ...script, question: "Why is it green?" }), [1]);
  assert.deepEqual(listRemade(plain(), { ...script, idea: "A leaf drinks light." }), [3]);
  assert.deepEqual(listRemade(plain(), { ...script, title: "The leaf of all leaves", sources: ["A book"] }), [1, 3]);
  assert.deepEqual(listRemade(plain(), { ...script, pronunciations: { sugar: "shoogar" } }), [2]);
  assert.deepEqual(listRemade(plain(), { ...script, idea: "A leaf drinks light." }, false), [1], "without cards, it is only joined anew");
});

test("a hint stands at its sentence until that is read aloud in another way", () => {
  const hints = readHints({ ...sent(), hints: [{ code: "misreading", text: "May be misread.", scene: 2, beat: 1 }] });
  const beat = open().scenes[1]?.beats[0] as Beat;
  assert.deepEqual(findHints(hints, beat).map((hint) => hint.text), ["May be misread."]);
  assert.deepEqual(findHints(hints, open().scenes[0]?.beats[0] as Beat), []);
  assert.deepEqual(findHints(hints, { ...beat, spoken: "As it sounds." }), []);
});

test("who has put in a silence is not asked for one", () => {
  const hints = readHints({ ...sent(), hints: [{ code: "no-pause", text: "No silence.", scene: 0, beat: 0 }] });
  const script = open();
  assert.equal(findWholeHints(hints, script).length, 1);
  const silent = edit.changeBeat(script, key(script, 0), beatKey(script, 0, 0), (each) => ({ ...each, pause: 1.5 }));
  assert.equal(findWholeHints(hints, silent).length, 0);
});

test("another language makes everything again", () => {
  assert.deepEqual(listRemade(plain(), { ...open(), language: "de" }), [1, 2, 3]);
});

test("a sentence is split at the caret, and joined again to what it was", () => {
  const script = open();
  const made = edit.splitBeat(script, key(script, 0), beatKey(script, 0, 0), "A leaf".length);
  assert.deepEqual(texts(made.script), ["A leaf", "catches light.", "It is green."]);
  const joined = edit.mergeBeat(made.script, key(script, 0), made.key);
  assert.deepEqual(texts(joined?.script as Script), ["A leaf catches light.", "It is green."]);
  assert.equal(joined?.offset, "A leaf".length);
  assert.deepEqual(listRemade(plain(), joined?.script as Script), []);
});

test("the first sentence has none to be joined to", () => {
  const script = open();
  assert.equal(edit.mergeBeat(script, key(script, 0), beatKey(script, 0, 0)), null);
});

test("a sentence that is read aloud differently keeps that when it is joined", () => {
  let script = open();
  script = edit.changeBeat(script, key(script, 0), beatKey(script, 0, 1), (each) => ({ ...each, spoken: "It is greeen." }));
  const joined = edit.mergeBeat(script, key(script, 0), beatKey(script, 0, 1));
  assert.equal(joined?.script.scenes[0]?.beats[0]?.spoken, "A leaf catches light. It is greeen.");
});

test("a scene is split before a sentence, and joined to the one before it", () => {
  const script = open();
  const split = edit.splitScene(script, key(script, 0), beatKey(script, 0, 1));
  assert.deepEqual(titles(split), ["Light", "Light (continued)", "Sugar", "Air"]);
  assert.equal(split.scenes[1]?.visual, null);
  const joined = edit.mergeScene(split, key(split, 1));
  assert.deepEqual(listRemade(plain(), joined), []);
  assert.equal(edit.splitScene(script, key(script, 0), beatKey(script, 0, 0)), script);
});

test("a new scene has every field of the others and says nothing yet", () => {
  const script = open();
  const added = edit.addScene(script, key(script, 0));
  const made = closeScript(added.script).scenes[1];
  assert.deepEqual(titles(added.script), ["Light", "", "Sugar", "Air"]);
  assert.deepEqual(Object.keys(made ?? {}).sort(), Object.keys(plain().scenes[0] ?? {}).sort());
  assert.deepEqual(made?.plan, { idea: "", purpose: "", shows: "", form: "" });
});

test("the last scene and the last sentence cannot be deleted", () => {
  const one = open({ scenes: [scene("Light", "A leaf.")] });
  assert.equal(edit.deleteScene(one, key(one, 0)), one);
  assert.deepEqual(texts(edit.deleteBeat(one, key(one, 0), beatKey(one, 0, 0))), ["A leaf."]);
});

test("sentences move within their scene and not beyond it", () => {
  const script = open();
  assert.deepEqual(texts(edit.moveBeat(script, key(script, 0), beatKey(script, 0, 0), 1)), ["It is green.", "A leaf catches light."]);
  assert.deepEqual(texts(edit.moveBeat(script, key(script, 0), beatKey(script, 0, 0), -1)), ["A leaf catches light.", "It is green."]);
});

test("sentences that were added and not written are left out when saving", () => {
  const script = open();
  const added = edit.addBeat(script, key(script, 0), null);
  assert.deepEqual(listRemade(plain(), added.script), [1]);
  assert.deepEqual(listRemade(plain(), edit.dropEmptyBeats(added.script)), []);
});

test("words are counted as their language counts them", () => {
  assert.equal(countWords("It's 12.5 per cent, isn't it?", "en"), 6);
  assert.ok(countWords("光合作用需要阳光", "zh") >= 3);
  assert.equal(countWords("two words", "!!"), 2);
});

test("a length is foretold by the pace of the voice that is there", () => {
  const pace = measurePace([{ text: "one two three four five six seven eight nine ten", seconds: 10 }], "en", 1);
  assert.equal(pace, 1);
  assert.equal(estimateSeconds(open().scenes[1] as Script["scenes"][0], "en", pace), 3);
  assert.equal(measurePace([], "en", 2), 5);
});

test("scenes are listed as people say them", () => {
  assert.equal(formatScenes([2]), "scene 2");
  assert.equal(formatScenes([2, 3, 4, 7]), "scenes 2 to 4 and 7");
  assert.equal(formatScenes([1, 2]), "scenes 1 and 2");
});

test("what only one of two changed is kept from both", () => {
  const mine = plain({ title: "Mine" });
  const theirs = plain({ scenes: [scene("Light", "Changed."), ...plain().scenes.slice(1)] });
  const { merged, conflicts } = mergeScripts(plain(), mine, theirs);
  assert.deepEqual(conflicts, []);
  assert.equal(merged.title, "Mine");
  assert.equal(merged.scenes[0]?.beats[0]?.text, "Changed.");
});

test("what both changed is for the user to choose, and nothing else", () => {
  const [, ...rest] = plain().scenes;
  const mine = plain({ scenes: [scene("Light", "Mine."), ...rest] });
  const theirs = plain({ title: "Theirs", scenes: [scene("Light", "Theirs."), ...rest] });
  const merge = mergeScripts(plain(), mine, theirs);
  assert.deepEqual(merge.conflicts.map((each) => each.scene), [1]);
  assert.equal(merge.merged.scenes[0]?.beats[0]?.text, "Mine.");
  assert.equal(merge.merged.title, "Theirs");
  assert.equal(takeTheirs(merge, new Set(merge.conflicts)).scenes[0]?.beats[0]?.text, "Theirs.");
});

test("two who made the same edit do not conflict", () => {
  const both = plain({ title: "Both" });
  assert.deepEqual(mergeScripts(plain(), both, both).conflicts, []);
});

test("once somebody added a scene, the scenes are chosen as a whole", () => {
  const mine = plain({ scenes: [scene("Light", "Mine."), ...plain().scenes.slice(1)] });
  const theirs = plain({ scenes: [...plain().scenes, scene("End", "Done.")] });
  const merge = mergeScripts(plain(), mine, theirs);
  assert.deepEqual(merge.conflicts.map((each) => [each.scene, each.part]), [[null, "scenes"]]);
  assert.equal(takeTheirs(merge, new Set(merge.conflicts)).scenes.length, 4);
});

test("equality does not depend on the order of fields", () => {
  assert.ok(isSame({ a: 1, b: [2] }, { b: [2], a: 1 }));
  assert.ok(!isSame({ a: 1 }, { a: 1, b: undefined, c: 0 }));
  assert.ok(!isSame([], {}));
});

test("each visual reads as text and is read back from it", () => {
  const visuals: ({ kind: string } & Record<string, unknown>)[] = [
    { kind: "bullets", items: ["One", "Two: three"] },
    { kind: "chart", style: "bar", series: ["Sales"], rows: [["2020: first", [12.5, -8]], ["2021", [9]]] },
    { kind: "comparison", left_title: "A", left: ["x"], right_title: "B", right: ["y", "z"] },
    { kind: "timeline", entries: [["1969", "First people on the Moon: Apollo"]] },
    { kind: "table", headings: ["", "Task"], rows: [["Leaf | stem", "light \\ 🌿"], ["Root", ""], ["", "c"]] },
    { kind: "code", language: "python", source: "a = 1\n\nb = 2\n" },
  ];
  for (const visual of visuals) {
    let copy = { ...findForm(visual.kind)?.empty } as (typeof visuals)[0];
    for (const field of findForm(visual.kind)?.fields as VisualField[]) copy = parseField(field, copy, printField(field, visual)) as (typeof visuals)[0];
    assert.deepEqual(copy, visual);
  }
});

test("a table that is pasted as Markdown loses its frame and its rule", () => {
  const field = findForm("table")?.fields.find((each) => each.name === "rows") as VisualField;
  assert.deepEqual(parseField(field, { kind: "table" }, "| Leaf | light |\n| :--- | ---: |\n\nRoot |").rows, [["Leaf", "light"], ["Root", ""]]);
});

test("a row that is no number goes on as it is, for the API to say so", () => {
  const field = findForm("chart")?.fields[0] as VisualField;
  const chart = parseField(field, { kind: "chart" }, "2020: 12.5, many\n\nno colon");
  assert.deepEqual(chart.rows, [["2020", [12.5, "many"]], ["no colon", []]]);
});

test("a visual is summed up in one line", () => {
  assert.equal(summarizeVisual(null), "Lectern chooses");
  assert.equal(summarizeVisual({ kind: "flow", steps: ["Light", "Sugar"] }), "Flow: Light · Sugar");
  assert.equal(summarizeVisual({ kind: "hologram" }), "hologram");
  assert.equal(summarizeVisual({ kind: "manim", source: "a = 1\n\nb = 2\n" }), "Own drawing in code: 2 lines");
});
