// WebVTT as far as Lectern writes it: cues with times and text. https://www.w3.org/TR/webvtt1/

export type Cue = { start: number; end: number; text: string };

export function parseVtt(source: string): Cue[] {
  const blocks = source.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n").split(/\n{2,}/);
  return blocks.flatMap((block) => {
    const lines = block.split("\n").filter((line) => line !== "");
    const at = lines.findIndex((line) => line.includes("-->"));
    const [from, to] = (lines[at] ?? "").split("-->");
    const [start, end] = [readTime(from), readTime(to)];
    if (at < 0 || start === null || end === null) return [];
    return [{ start, end, text: readText(lines.slice(at + 1).join(" ")) }];
  });
}

function readTime(text: string | undefined): number | null {
  const match = /^\s*(?:(\d{2,}):)?([0-5]\d):([0-5]\d\.\d{3})/.exec(text ?? "");
  if (!match) return null;
  return Number(match[1] ?? 0) * 3600 + Number(match[2]) * 60 + Number(match[3]);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&lrm;": "\u200e",
  "&rlm;": "\u200f",
  "&nbsp;": "\u00a0",
};

function readText(text: string): string {
  return text
    .replace(/<[^>]*>/g, "")
    .replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    .trim();
}
