import assert from "node:assert/strict";
import { test } from "node:test";
import { breakLine, indent, outdent, type Selection, toggleComment } from "../src/pages/video/scene/indenting";
import { chooseStep } from "../src/pages/video/scene/in-step";
import { splitLines, splitPython } from "../src/pages/video/scene/python";

const kinds = (source: string) => splitPython(source).filter((part) => part.kind !== "plain").map((part) => [part.kind, part.text]);
/** A text with `[` and `]` around what is selected, or `|` for the caret. */
const select = (marked: string): Selection => {
  const start = marked.search(/[[|]/);
  const end = marked.includes("]") ? marked.indexOf("]") - 1 : start;
  return { text: marked.replace(/[[\]|]/g, ""), start, end };
};
const show = ({ text, start, end }: Selection) =>
  start === end ? `${text.slice(0, start)}|${text.slice(start)}` : `${text.slice(0, start)}[${text.slice(start, end)}]${text.slice(end)}`;

const SOURCE = `class Light(NarratedScene):
    """Doc with 'quotes' # and a hash"""

    @staticmethod
    def construct(self):
        x = 3.5e2 + 0xFF  # a comment
        text = f"it's {x}"
        broken = 'never closed
        for i in range(10): pass
`;

test("no character of the source is lost, whatever it is", () => {
  for (const source of [SOURCE, "", "\n", "'", '"""', "x = '\\'", "é = 'ß' # 光", "\u0000\t\r\n", "0x", "1.", ".5.", "@"]) {
    assert.equal(splitPython(source).map((part) => part.text).join(""), source);
    assert.equal(splitLines(source).map((line) => line.map((part) => part.text).join("")).join("\n"), source);
  }
});

test("keywords, strings, comments, numbers and names are told apart", () => {
  const found = kinds(SOURCE);
  const has = (kind: string, text: string) => assert.ok(found.some(([k, t]) => k === kind && t === text), `${kind} ${text}`);
  has("keyword", "class");
  has("name", "Light");
  has("string", `"""Doc with 'quotes' # and a hash"""`);
  has("decorator", "@staticmethod");
  has("name", "construct");
  has("number", "3.5e2");
  has("number", "0xFF");
  has("comment", "# a comment");
  has("string", `f"it's {x}"`);
  has("builtin", "range");
});

test("a string that was not closed ends with its line", () => {
  assert.deepEqual(kinds("a = 'open\nfor"), [
    ["string", "'open"],
    ["keyword", "for"],
  ]);
});

test("a word that contains a keyword is none", () => {
  assert.deepEqual(kinds("classes informed x1"), []);
});

test("Tab moves to the next step, or the selected lines in", () => {
  assert.equal(show(indent(select("ab|"))), "ab  |");
  assert.equal(show(indent(select("|"))), "    |");
  assert.equal(show(indent(select("a\n[b\n\nc]\nd"))), "a\n    [b\n\n    c]\nd");
});

test("Shift+Tab moves the lines out, as far as they can go", () => {
  assert.equal(show(outdent(select("    a\n  [b\n        c]"))), "    a\n[b\n    c]");
  assert.equal(outdent(select("|a")).text, "a");
});

test("a new line begins where the one before does, and one step further after a colon", () => {
  assert.equal(show(breakLine(select("    x = 1|"))), "    x = 1\n    |");
  assert.equal(show(breakLine(select("  if x:  # why|"))), "  if x:  # why\n      |");
  assert.equal(show(breakLine(select("a[b]c"))), "a\n|c");
});

test("lines become comments and are code again", () => {
  const commented = toggleComment(select("[    a\n\n    b]"));
  assert.equal(commented.text, "    # a\n\n    # b");
  assert.equal(toggleComment({ ...commented, start: 0, end: commented.text.length }).text, "    a\n\n    b");
});

test("the follower is set only when it is off by more than can be seen", () => {
  const playing = { at: 5, paused: false };
  assert.deepEqual(chooseStep(playing, { at: 5.1, paused: false, end: 9 }), { seek: null, play: null });
  assert.deepEqual(chooseStep(playing, { at: 4, paused: true, end: 9 }), { seek: 5, play: true });
  assert.deepEqual(chooseStep({ at: 5, paused: true }, { at: 5, paused: false, end: 9 }), { seek: null, play: false });
});

test("a take that is shorter stands at its end while the other goes on", () => {
  const step = chooseStep({ at: 8, paused: false }, { at: 6, paused: false, end: 6 });
  assert.deepEqual(step, { seek: null, play: false });
});
