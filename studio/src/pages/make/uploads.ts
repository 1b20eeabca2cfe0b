// Files that are dropped or chosen: a lesson's text, its images, a track.

import { request } from "../../api/client";
import { changeBrand, changeDraft, changeOptions, draft } from "./draft";
import { listImageNames, matchImageName } from "./lesson-text";

const TEXT = /\.(md|markdown|txt)$/i;
const IMAGE_TYPES: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp" };
const MUSIC = /\.(mp3|wav|flac|ogg|opus|m4a)$/i;
const TEXT_LIMIT = 1_000_000; // bytes; 200,000 characters fit in any script

export const ACCEPTED = ".md,.markdown,.txt,.png,.jpg,.jpeg,.webp";
export const ACCEPTED_LOGOS = ".png,.jpg,.jpeg,.webp";
export const ACCEPTED_MUSIC = ".mp3,.wav,.flac,.ogg,.opus,.m4a";

export type Refused = { name: string; reason: string };

/** Take what was dropped: a lesson replaces the text, images are stored and named as the text names them. */
export async function takeFiles(files: readonly File[]): Promise<readonly Refused[]> {
  const texts = files.filter((file) => TEXT.test(file.name));
  const images = files.filter((file) => typeOf(file) !== undefined);
  const refused: Refused[] = files
    .filter((file) => !texts.includes(file) && !images.includes(file))
    .map((file) => ({ name: file.name, reason: "Lectern takes lessons as Markdown (.md), and images as PNG, JPEG or WebP." }));
  const [text, ...more] = texts;
  if (text) {
    if (text.size > TEXT_LIMIT) refused.push({ name: text.name, reason: "This is longer than a lesson can be (200,000 characters). Split it into several videos." });
    else changeDraft({ source: "document", markdown: await text.text() });
  }
  refused.push(...more.map((file) => ({ name: file.name, reason: "A video has one lesson; the first file was taken." })));
  const names = listImageNames(draft.value.markdown);
  const stored = await Promise.allSettled(images.map((file) => storeImage(file, matchImageName(pathOf(file), names))));
  for (const [index, result] of stored.entries()) {
    if (result.status === "rejected") refused.push({ name: images[index]?.name ?? "", reason: String(result.reason?.message ?? result.reason) });
  }
  return refused;
}

async function storeImage(file: File, name: string): Promise<void> {
  const { data } = await request("post", "/v1/assets", { raw: { content: file, type: typeOf(file) ?? file.type } });
  const { id } = data;
  changeDraft({ source: "document", images: { ...draft.value.images, [name]: id } });
}

/** Store a track as the video's music. Throws ProblemError when it is none. */
export async function takeMusic(file: File): Promise<void> {
  const type = file.type || "audio/mpeg";
  const { data } = await request("post", "/v1/assets", { raw: { content: file, type: MUSIC.test(file.name) ? type : "audio/mpeg" } });
  changeOptions({ music: data.id, musicName: file.name });
}

const shownLogos = new Map<string, string>(); // addresses of images of this page by their ids

/** Store an image as the brand's logo. Throws ProblemError when it is none. */
export async function takeLogo(file: File): Promise<void> {
  const { data } = await request("post", "/v1/assets", { raw: { content: file, type: typeOf(file) ?? file.type } });
  if (!shownLogos.has(data.id)) shownLogos.set(data.id, URL.createObjectURL(file));
  changeBrand({ logo: data.id, logoName: file.name });
}

/** Where this page can show a logo from; undefined for one that was chosen before a reload. */
export function findLogoAddress(id: string): string | undefined {
  return shownLogos.get(id);
}

function typeOf(file: File): string | undefined {
  return IMAGE_TYPES[file.name.split(".").pop()?.toLowerCase() ?? ""];
}

/** A dropped folder's files know their path below it. */
function pathOf(file: File): string {
  return file.webkitRelativePath ? file.webkitRelativePath.split("/").slice(1).join("/") : file.name;
}
