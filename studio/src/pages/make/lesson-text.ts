// A quick look at a lesson's Markdown while it is typed. What counts is decided by the scripter; this only guides.

const IMAGE = /!\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*["'])?\s*\)/g;
const WORDS_PER_SECOND = 172 / 60; // as lectern.markdown.limits

export type LessonOutline = { title: string; scenes: readonly string[]; words: number; seconds: number };

/** Names of the images that a document shows, once each; not those with an address. */
export function listImageNames(markdown: string): string[] {
  const names = [...markdown.matchAll(IMAGE)].map((match) => match[1] ?? "");
  return [...new Set(names.filter((name) => name && !/^[a-z]+:|^\/\//i.test(name)))];
}

/** Title, scenes and length of a lesson as it stands. */
export function outlineLesson(markdown: string): LessonOutline {
  const body = markdown.replace(/^---\n[\s\S]*?\n---\n/, "");
  const prose = body.replace(/^(```|~~~)[\s\S]*?^\1\s*$/gm, "");
  const lines = prose.split("\n");
  const title = lines.find((line) => /^# /.test(line))?.slice(2).trim() ?? /^title:\s*(.+)$/m.exec(markdown)?.[1]?.trim() ?? "";
  const scenes = lines.filter((line) => /^## /.test(line)).map((line) => line.slice(3).trim());
  const spoken = lines.filter((line) => !/^(#|!\[|>|\s*[-*|]\s|[a-z]+:)/i.test(line)).join(" ");
  const words = spoken.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  return { title, scenes, words, seconds: words / WORDS_PER_SECOND };
}

/** The name under which a document asks for a dropped file: the whole path, or the one whose last part is the file's name. */
export function matchImageName(file: string, names: readonly string[]): string {
  const matching = names.filter((name) => name === file || name.endsWith(`/${file}`) || decode(name).endsWith(`/${file}`));
  return matching.length === 1 && matching[0] ? matching[0] : file;
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
