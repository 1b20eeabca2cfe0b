// Tab, Shift+Tab and Enter in code: what a text and its selection become. Pure.

export type Selection = { text: string; start: number; end: number };

const STEP = "    ";

/** Move the selected lines one step in; with nothing selected, put in spaces up to the next step. */
export function indent({ text, start, end }: Selection): Selection {
  if (start === end) {
    const column = start - lineStart(text, start);
    const spaces = STEP.slice(column % STEP.length);
    return { text: text.slice(0, start) + spaces + text.slice(end), start: start + spaces.length, end: start + spaces.length };
  }
  return changeLines({ text, start, end }, (line) => (line.trim() ? STEP + line : line));
}

/** Move the selected lines one step out. */
export function outdent(selection: Selection): Selection {
  return changeLines(selection, (line) => line.replace(/^(?: {1,4}|\t)/, ""));
}

/** A new line that begins where this one does; one step further after a colon. */
export function breakLine({ text, start, end }: Selection): Selection {
  const line = text.slice(lineStart(text, start), start);
  const inset = /^[ \t]*/.exec(line)?.[0] ?? "";
  const added = `\n${inset}${/:\s*(?:#.*)?$/.test(line) ? STEP : ""}`;
  return { text: text.slice(0, start) + added + text.slice(end), start: start + added.length, end: start + added.length };
}

/** Turn the selected lines into comments, or back if all of them are. */
export function toggleComment(selection: Selection): Selection {
  const { text, start, end } = selection;
  const lines = text.slice(lineStart(text, start), end).split("\n").filter((line) => line.trim());
  const all = lines.length > 0 && lines.every((line) => /^\s*#/.test(line));
  return changeLines(selection, (line) =>
    all ? line.replace(/^(\s*)# ?/, "$1") : line.trim() ? line.replace(/^(\s*)/, "$1# ") : line,
  );
}

function changeLines({ text, start, end }: Selection, change: (line: string) => string): Selection {
  const from = lineStart(text, start);
  const lines = text.slice(from, end).split("\n").map((line) => ({ before: line, after: change(line) }));
  const block = lines.map(({ after }) => after).join("\n");
  const first = (lines[0]?.after.length ?? 0) - (lines[0]?.before.length ?? 0);
  const grown = block.length - (end - from);
  return { text: text.slice(0, from) + block + text.slice(end), start: Math.max(from, start + first), end: end + grown };
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf("\n", at - 1) + 1;
}
