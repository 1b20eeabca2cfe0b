import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_OPTIONS, EMPTY_DRAFT, hasSource, makeRequest, readBudget, restoreDraft } from "../src/pages/make/draft";
import { listImageNames, matchImageName, outlineLesson } from "../src/pages/make/lesson-text";

test("a request names only what was chosen", () => {
  assert.deepEqual(makeRequest({ ...EMPTY_DRAFT, topic: " Rain " }), { topic: "Rain", options: {} });
  const options = { ...DEFAULT_OPTIONS, aspect: "9:16" as const, burn: true, budget: "0,30", critique: "off" as const, seconds: 90 };
  assert.deepEqual(makeRequest({ ...EMPTY_DRAFT, source: "document", markdown: "# A", images: { "a.png": "id" }, options }), {
    document: { markdown: "# A", assets: { "a.png": "id" } },
    options: { aspect: "9:16", burn_captions: true, critique: false, max_cost_usd: 0.3 },
    target_seconds: 90,
  });
});

test("captions that are off are not burned in", () => {
  const { options } = makeRequest({ ...EMPTY_DRAFT, topic: "x", options: { ...DEFAULT_OPTIONS, captions: "off", burn: true } });
  assert.deepEqual(options, { captions: "off" });
});

test("a brand names what was chosen of it, and cards only where there are none", () => {
  const brand = { colours: { primary: "#0b5fff" }, font: "Noto Serif" as const, logo: "", logoName: "" };
  assert.deepEqual(makeRequest({ ...EMPTY_DRAFT, topic: "x", options: { ...DEFAULT_OPTIONS, brand, cards: false } }).options, {
    brand: { colours: { primary: "#0b5fff" }, font: "Noto Serif" },
    cards: false,
  });
});

test("a stored brand keeps what a brand can have", () => {
  const brand = { colours: { primary: "#0b5fff", text: "red", x: 1 }, font: "Inter", logo: 3 };
  assert.deepEqual(restoreDraft(JSON.stringify({ options: { brand } })).options.brand, {
    colours: { primary: "#0b5fff" }, font: "Inter", logo: "", logoName: "",
  });
  assert.deepEqual(restoreDraft(JSON.stringify({ options: { brand: "mine", cards: "no" } })).options, DEFAULT_OPTIONS);
});

test("a budget is read with a point, a comma or a dollar sign", () => {
  assert.deepEqual(["0.3", "0,3", "$ 2", ""].map(readBudget), [0.3, 0.3, 2, undefined]);
});

test("a budget that cannot be read is sent to be refused, never dropped", () => {
  assert.deepEqual(["much", "-1"].map(readBudget), ["much", -1]);
});

test("a draft survives a reload, and what does not fit any more becomes the default", () => {
  const written = { ...EMPTY_DRAFT, topic: "Tides", options: { ...DEFAULT_OPTIONS, theme: "light" } };
  assert.deepEqual(restoreDraft(JSON.stringify(written)), written);
  const old = { topic: "Tides", images: { a: 1 }, options: { theme: "sepia", rate: "fast", aspect: "1:1" } };
  assert.deepEqual(restoreDraft(JSON.stringify(old)), { ...EMPTY_DRAFT, topic: "Tides", options: { ...DEFAULT_OPTIONS, aspect: "1:1" } });
  assert.deepEqual(restoreDraft("{broken"), EMPTY_DRAFT);
  assert.deepEqual(restoreDraft(null), EMPTY_DRAFT);
});

test("blanks are nothing to explain", () => {
  assert.equal(hasSource({ ...EMPTY_DRAFT, topic: " \n" }), false);
  assert.equal(hasSource({ ...EMPTY_DRAFT, source: "document", topic: "x" }), false);
});

test("a document's own images are found, those of the web are not", () => {
  const text = '![A leaf](images/leaf.png "Leaf") ![](<b.jpg>) ![x](https://example.org/x.png) ![A](images/leaf.png)';
  assert.deepEqual(listImageNames(text), ["images/leaf.png", "b.jpg"]);
});

test("a dropped file takes the name that the document gives it", () => {
  assert.equal(matchImageName("leaf.png", ["images/leaf.png", "b.jpg"]), "images/leaf.png");
  assert.equal(matchImageName("leaf.png", ["a/leaf.png", "b/leaf.png"]), "leaf.png");
  assert.equal(matchImageName("my leaf.png", ["images/my%20leaf.png"]), "images/my%20leaf.png");
});

test("an outline has the title, the scenes and the words that are spoken", () => {
  const outline = outlineLesson("title: Rain\n\n# Rain\n\n## Clouds\n\nWater rises here.\n\n```python\nnot spoken at all\n```\n\n## Drops\n\nIt falls.\n");
  assert.deepEqual([outline.title, outline.scenes, outline.words], ["Rain", ["Clouds", "Drops"], 5]);
});
