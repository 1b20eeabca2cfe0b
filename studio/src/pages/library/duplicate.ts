// A video's words and choices, back in the form they were made with.

import { request } from "../../api/client";
import { toProblem } from "../../api/problem";
import { showToast } from "../../design";
import { navigate } from "../../router";
import { writeStored } from "../../storage";
import { DEFAULT_OPTIONS, type Draft, DRAFT_KEY } from "../make/draft";

/** A theme by the name that the form knows it by. */
const SHORT_NAMES: Readonly<Record<string, string>> = { midnight: "dark", paper: "light" };

/** Open the form with what a video was made from: its topic, or the script it has now. */
export async function duplicate(id: string): Promise<void> {
  try {
    const { data: video } = await request("get", "/v1/videos/{video_id}", { path: { video_id: id } });
    const own = video.options;
    const draft: Draft = {
      source: video.topic ? "topic" : "document",
      topic: video.topic ?? "",
      markdown: video.topic ? "" : await readScript(id),
      images: {},
      options: {
        ...DEFAULT_OPTIONS,
        aspect: own.aspect as Draft["options"]["aspect"],
        theme: (SHORT_NAMES[own.theme] ?? own.theme) as Draft["options"]["theme"],
        captions: own.captions as Draft["options"]["captions"],
        quality: own.quality as Draft["options"]["quality"],
        burn: own.burn_captions,
        language: own.language,
        voice: own.voice,
        rate: own.speaking_rate,
        music: own.music ?? "none",
        sounds: own.sounds as Draft["options"]["sounds"],
        review: own.review,
        budget: own.max_cost_usd === null ? "" : String(own.max_cost_usd),
        bulk: video.lane === "bulk",
      },
    };
    writeStored(DRAFT_KEY, JSON.stringify(draft));
    navigate("/");
  } catch (error) {
    const problem = toProblem(error);
    showToast({ text: `${problem.title}. ${problem.remedy}`, tone: "bad" });
  }
}

async function readScript(id: string): Promise<string> {
  const { data } = await request("get", "/v1/videos/{video_id}/script", {
    path: { video_id: id },
    headers: { Accept: "text/markdown" },
  });
  return String(data);
}
