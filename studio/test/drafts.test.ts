import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openEditor } from "../src/pages/video/script/editor-state";
import { dropDraft, keepDraft, listOtherDrafts, readDraft } from "../src/pages/video/script/drafts";
import type { PlainScript, ScriptDocument } from "../src/pages/video/script/model";

class MemoryStorage {
  private readonly items = new Map<string, string>();
  getItem = (name: string) => this.items.get(name) ?? null;
  setItem = (name: string, value: string) => void this.items.set(name, value);
  removeItem = (name: string) => void this.items.delete(name);
}

beforeEach(() => {
  Object.assign(globalThis, { localStorage: new MemoryStorage(), sessionStorage: new MemoryStorage() });
});

const beat = (text: string) => ({ text, spoken: "", show: "", speaker: "" });
const sent = (revision: number, first: string, title = "The leaf"): ScriptDocument =>
  ({ revision, approved: true, title, language: "en", doubts: [], sources: [], pronunciations: {}, scenes: [{ title: "Light", beats: [beat(first)], visual: null, plan: {} }] }) as unknown as ScriptDocument;
const script = { scenes: [] } as unknown as PlainScript;
const draft = (at: number) => ({ revision: 1, base: script, script, at });
const first = (editor: ReturnType<typeof openEditor>) => editor.script.value.scenes[0]?.beats[0]?.text;

test("drafts are kept by video and by tab, and offered to other tabs", () => {
  keepDraft("v", "a", draft(Date.now()));
  keepDraft("w", "b", draft(Date.now()));
  assert.ok(readDraft("v", "a"));
  assert.equal(readDraft("v", "b"), null);
  assert.deepEqual(listOtherDrafts("v", "b").map((each) => each.tab), ["a"]);
  dropDraft("v", "a");
  assert.deepEqual(listOtherDrafts("v", "b"), []);
});

test("only the newest drafts are kept, and none for longer than a video's history", () => {
  const now = Date.now();
  for (let index = 0; index < 20; index += 1) keepDraft("v", `t${index}`, draft(now + index));
  assert.equal(listOtherDrafts("v", "").length, 12);
  assert.equal(readDraft("v", "t0"), null);
  keepDraft("v", "old", draft(now - 31 * 24 * 3600 * 1000));
  assert.equal(readDraft("v", "old"), null);
});

test("what is no draft is ignored", () => {
  localStorage.setItem("lectern.draft.v.t", '{"revision": 1}');
  assert.equal(readDraft("v", "t"), null);
  localStorage.setItem("lectern.draft.v.t", "not json");
  assert.equal(readDraft("v", "t"), null);
});

test("edits that were not saved are there again after a reload", () => {
  const editor = openEditor("v", sent(1, "Old."));
  editor.change({ ...editor.script.value, title: "Mine" });
  const again = openEditor("v", sent(1, "Old."));
  assert.equal(again.script.value.title, "Mine");
  assert.ok(again.restored.value);
  again.discard();
  assert.equal(openEditor("v", sent(1, "Old.")).dirty.value, false);
});

test("edits from before somebody else saved are put together with theirs", () => {
  const editor = openEditor("v", sent(1, "Old."));
  editor.change({ ...editor.script.value, title: "Mine" });
  const again = openEditor("v", sent(2, "Theirs."));
  assert.equal(again.script.value.title, "Mine");
  assert.equal(first(again), "Theirs.");
});

test("typing in one field is undone as one step", () => {
  const editor = openEditor("v", sent(1, "Old."));
  for (const title of ["M", "Mi", "Min"]) editor.change({ ...editor.script.value, title }, "title");
  editor.change({ ...editor.script.value, language: "de" });
  editor.undo();
  assert.equal(editor.script.value.title, "Min");
  editor.undo();
  assert.equal(editor.script.value.title, "The leaf");
  assert.equal(editor.canUndo.value, false);
});

test("discarding can be undone", () => {
  const editor = openEditor("v", sent(1, "Old."));
  editor.change({ ...editor.script.value, title: "Mine" });
  editor.discard();
  editor.undo();
  assert.equal(editor.script.value.title, "Mine");
});

test("after saving there is nothing to save, and nothing kept", () => {
  const editor = openEditor("v", sent(1, "Old."));
  editor.change({ ...editor.script.value, title: "Mine" });
  editor.markSaved(2);
  assert.equal(editor.dirty.value, false);
  assert.equal(editor.base.value.revision, 2);
  assert.equal(openEditor("v", sent(2, "Old.", "Mine")).restored.value, false);
});

test("theirs is adopted with the parts that the user chose, as edits of the newer revision", () => {
  const editor = openEditor("v", sent(1, "Old."));
  editor.change({ ...editor.script.value, title: "Mine" });
  const theirs = sent(2, "Theirs.", "Their title");
  const merge = editor.compare(theirs);
  assert.deepEqual(merge.conflicts.map((each) => each.part), ["title"]);
  editor.adopt(theirs, merge, new Set());
  assert.equal(editor.base.value.revision, 2);
  assert.equal(editor.script.value.title, "Mine");
  assert.equal(first(editor), "Theirs.");
  assert.deepEqual(editor.remade.value, [1]);
});

test("the fields stay where they are when somebody else's edit is put in, so that nobody loses the caret", () => {
  const editor = openEditor("v", sent(1, "Old."));
  const keys = () => editor.script.value.scenes.map((scene) => [scene.key, ...scene.beats.map((each) => each.key)]);
  const before = keys();
  editor.change({ ...editor.script.value, title: "Mine" });
  const theirs = sent(2, "Theirs.");
  editor.adopt(theirs, editor.compare(theirs), new Set());
  assert.equal(first(editor), "Theirs.");
  assert.deepEqual(keys(), before);
});
