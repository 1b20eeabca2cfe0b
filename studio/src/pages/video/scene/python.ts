// Which parts of a Python source are what, for colouring. It need not understand the language, only never lose a
// character: the parts joined are the source. Pure.

export type Part = { kind: "plain" | "comment" | "string" | "keyword" | "builtin" | "number" | "name" | "decorator"; text: string };

const KEYWORDS = new Set(
  ("False None True and as assert async await break class continue def del elif else except finally for from global if " +
    "import in is lambda match case nonlocal not or pass raise return try while with yield").split(" "),
);
const BUILTINS = new Set(
  ("self super range len list dict set tuple str int float bool enumerate zip map min max sum abs round sorted reversed " +
    "print any all isinstance").split(" "),
);

const TOKEN = new RegExp(
  [
    "(?<comment>#[^\\n]*)",
    "(?<string>\\b[rRbBfFuU]{0,2}(?:'''[\\s\\S]*?(?:'''|$)|\"\"\"[\\s\\S]*?(?:\"\"\"|$))|" +
      "\\b[rRbBfFuU]{0,2}(?:'(?:\\\\.|[^'\\\\\\n])*(?:'|(?=\\n)|$)|\"(?:\\\\.|[^\"\\\\\\n])*(?:\"|(?=\\n)|$))|" +
      "'''[\\s\\S]*?(?:'''|$)|\"\"\"[\\s\\S]*?(?:\"\"\"|$)|'(?:\\\\.|[^'\\\\\\n])*(?:'|(?=\\n)|$)|\"(?:\\\\.|[^\"\\\\\\n])*(?:\"|(?=\\n)|$))",
    "(?<decorator>(?<=^[ \\t]*)@[\\w.]+)",
    "(?<number>\\b(?:0[xXoObB][\\da-fA-F_]+|\\d[\\d_]*(?:\\.\\d*)?(?:[eE][+-]?\\d+)?j?)\\b|(?<![\\w)])\\.\\d+)",
    "(?<word>[^\\W\\d]\\w*)",
  ].join("|"),
  "gmu",
);

/** The parts of a source, in order. */
export function splitPython(source: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  let before = "";
  const add = (kind: Part["kind"], text: string) => {
    const last = parts.at(-1);
    if (last && last.kind === kind) parts[parts.length - 1] = { kind, text: last.text + text };
    else if (text) parts.push({ kind, text });
  };
  for (const match of source.matchAll(TOKEN)) {
    add("plain", source.slice(at, match.index));
    const { comment, string, decorator, number, word } = match.groups ?? {};
    if (comment) add("comment", comment);
    else if (string) add("string", string);
    else if (decorator) add("decorator", decorator);
    else if (number) add("number", number);
    else if (word) {
      add(classify(word, before), word);
      before = word;
    }
    at = match.index + match[0].length;
  }
  add("plain", source.slice(at));
  return parts;
}

function classify(word: string, before: string): Part["kind"] {
  if (KEYWORDS.has(word)) return "keyword";
  if (before === "def" || before === "class") return "name";
  return BUILTINS.has(word) ? "builtin" : "plain";
}

/** The parts of each line, so that a line can be marked. */
export function splitLines(source: string): Part[][] {
  const lines: Part[][] = [[]];
  for (const part of splitPython(source)) {
    for (const [index, text] of part.text.split("\n").entries()) {
      if (index > 0) lines.push([]);
      if (text) lines.at(-1)?.push({ kind: part.kind, text });
    }
  }
  return lines;
}
