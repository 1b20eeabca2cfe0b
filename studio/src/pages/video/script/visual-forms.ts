// How each kind of visual is written in text fields: one thing a line. Pure.

import { formatCount } from "../../../format/numbers";
import type { Visual } from "./model";

export type VisualField = {
  name: string;
  label: string;
  hint?: string;
  /** `line`: one text. `lines`: one item a line. `pairs`: "first: second" a line. `rows`: "label: number, number" a line.
   *  `cells`: "cell | cell". `grid`: a row of such cells a line. `source`: a text as it is. */
  type: "line" | "lines" | "pairs" | "rows" | "cells" | "grid" | "source";
};

export type VisualForm = { kind: string; label: string; about: string; empty: Visual; fields: readonly VisualField[] };

export const VISUAL_FORMS: readonly VisualForm[] = [
  {
    kind: "bullets",
    label: "Key points",
    about: "Short phrases that appear one after another",
    empty: { kind: "bullets", items: [] },
    fields: [{ name: "items", label: "Points, one a line", type: "lines" }],
  },
  {
    kind: "equation",
    label: "Equation",
    about: "Formulas, shown one after the other",
    empty: { kind: "equation", lines: [] },
    fields: [{ name: "lines", label: "Formulas, one a line", hint: "As in Typst. For example a^2 + b^2 = c^2.", type: "lines" }],
  },
  {
    kind: "flow",
    label: "Flow",
    about: "Boxes with arrows from one to the next",
    empty: { kind: "flow", steps: [] },
    fields: [{ name: "steps", label: "Steps, one a line", type: "lines" }],
  },
  {
    kind: "chart",
    label: "Chart",
    about: "Numbers as bars or lines",
    empty: { kind: "chart", style: "bar", series: [], rows: [] },
    fields: [
      { name: "rows", label: "Rows, one a line", hint: "A label, a colon and a number for each series. For example 2020: 12.5, 8", type: "rows" },
      { name: "series", label: "Names of the series, one a line", type: "lines" },
    ],
  },
  {
    kind: "comparison",
    label: "Comparison",
    about: "Two lists side by side",
    empty: { kind: "comparison", left_title: "", left: [], right_title: "", right: [] },
    fields: [
      { name: "left_title", label: "Left heading", type: "line" },
      { name: "left", label: "Left, one a line", type: "lines" },
      { name: "right_title", label: "Right heading", type: "line" },
      { name: "right", label: "Right, one a line", type: "lines" },
    ],
  },
  {
    kind: "timeline",
    label: "Timeline",
    about: "Moments in their order",
    empty: { kind: "timeline", entries: [] },
    fields: [{ name: "entries", label: "Moments, one a line", hint: "When, a colon, and what. For example 1969: First people on the Moon", type: "pairs" }],
  },
  {
    kind: "table",
    label: "Table",
    about: "Words and numbers in rows that appear as they are spoken of",
    empty: { kind: "table", headings: [], rows: [] },
    fields: [
      { name: "headings", label: "Headings, 2 to 5", hint: "With bars between them. For example Organ | Task", type: "cells" },
      { name: "rows", label: "Rows, one a line", hint: "A cell for each heading. For example Leaf | catches light", type: "grid" },
    ],
  },
  {
    kind: "code",
    label: "Code listing",
    about: "Source code, explained line by line",
    empty: { kind: "code", language: "python", source: "" },
    fields: [
      { name: "language", label: "Language", type: "line" },
      { name: "source", label: "Source", type: "source" },
    ],
  },
  {
    kind: "image",
    label: "Image",
    about: "A picture that came with the lesson",
    empty: { kind: "image", name: "", alt: "" },
    fields: [
      { name: "name", label: "File name, as it was uploaded", type: "line" },
      { name: "alt", label: "What it shows", type: "line" },
    ],
  },
  {
    kind: "manim",
    label: "Own drawing in code",
    about: "Python with Manim, written by you",
    empty: { kind: "manim", source: "" },
    fields: [{ name: "source", label: "Code", type: "source" }],
  },
];

/** The form of a kind; undefined for one that this page does not know. */
export function findForm(kind: string): VisualForm | undefined {
  return VISUAL_FORMS.find((form) => form.kind === kind);
}

/** A field's value as text to edit. */
export function printField(field: VisualField, visual: Visual): string {
  const value = visual[field.name];
  if (field.type === "lines" && Array.isArray(value)) return value.join("\n");
  if (field.type === "pairs" && Array.isArray(value)) return value.map((pair) => (pair as string[]).join(": ")).join("\n");
  if (field.type === "rows" && Array.isArray(value)) {
    return value.map(([label, numbers]) => `${label}: ${(numbers as number[]).join(", ")}`).join("\n");
  }
  if (field.type === "cells" && Array.isArray(value)) return joinCells(value as string[]);
  if (field.type === "grid" && Array.isArray(value)) return value.map((row) => joinCells(row as string[])).join("\n");
  return typeof value === "string" ? value : "";
}

/** The visual with a field as it was typed. What is no number in a row goes to the API as it is, which says so. */
export function parseField(field: VisualField, visual: Visual, text: string): Visual {
  return { ...visual, [field.name]: parseText(field.type, text) };
}

function parseText(type: VisualField["type"], text: string): unknown {
  if (type === "line" || type === "source") return text;
  const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (type === "cells") return lines.length > 0 ? splitCells(lines.join(" ")) : [];
  if (type === "grid") return lines.map(splitCells).filter((cells) => !cells.every((cell) => /^:?-{3,}:?$/.test(cell)));
  if (type === "lines") return lines;
  if (type === "pairs") return lines.map((line) => cutAt(line, line.search(/:(\s|$)/)));
  return lines.map((line) => cutAt(line, line.lastIndexOf(":"))).map(([label, rest]) => [label, rest.split(/[,;]/).map((each) => each.trim()).filter(Boolean).map(parseNumber)]);
}

/** Cells as Markdown has them in a table's row: in a frame of bars where an empty cell at an end would be lost. */
function joinCells(cells: readonly string[]): string {
  const row = cells.map((cell) => cell.replace(/[\\|]/g, "\\$&")).join(" | ");
  return cells.length > 0 && (!cells[0] || !cells[cells.length - 1]) ? `| ${row} |` : row;
}

function splitCells(line: string): string[] {
  const cells = [""];
  for (const part of line.match(/\\[\\|]|[^]/gu) ?? []) {
    if (part === "|") cells.push("");
    else cells[cells.length - 1] += part.length === 2 && part.startsWith("\\") ? part.slice(1) : part;
  }
  const trimmed = cells.map((cell) => cell.trim());
  if (trimmed.length > 2 && trimmed[0] === "") trimmed.shift();
  if (trimmed.length > 2 && trimmed[trimmed.length - 1] === "") trimmed.pop();
  return trimmed;
}

function cutAt(line: string, at: number): [string, string] {
  return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

function parseNumber(text: string): number | string {
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : text;
}

/** One line about a visual, for where there is no room to edit it. */
export function summarizeVisual(visual: Visual | null): string {
  if (!visual) return "Lectern chooses";
  const form = findForm(visual.kind);
  const shown = form?.fields.find((field) => printField(field, visual) !== "");
  const lines = shown ? printField(shown, visual).split("\n") : [];
  const line = shown?.type === "source" ? formatCount(lines.filter(Boolean).length, "line") : lines.slice(0, 3).join(" · ");
  return `${form?.label ?? visual.kind}${line ? `: ${line.length > 80 ? `${line.slice(0, 80)}…` : line}` : ""}`;
}
