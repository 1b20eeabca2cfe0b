// What can be done to a video as a whole. Each tells the other tabs, whose streams have ended, to follow it again.

import { makeKey, request } from "../../api/client";
import { toProblem } from "../../api/problem";
import { announce, showToast } from "../../design";
import type { Following } from "../../events/follow";
import { tellOtherTabs } from "./other-tabs";

/** End a video. What is made is kept, so going on needs no question beforehand. */
export async function cancelVideo(id: string, following: Following): Promise<void> {
  try {
    await request("post", "/v1/videos/{video_id}/cancel", { path: { video_id: id }, body: { reason: "" }, idempotencyKey: makeKey() });
    showToast({
      text: "Cancelled. What was made is kept.",
      action: { label: "Go on", run: () => void retryVideo(id, following) },
    });
  } catch (error) {
    showProblem(error);
  }
}

/** Make what failed or was abandoned. */
export async function retryVideo(id: string, following: Following): Promise<void> {
  try {
    await request("post", "/v1/videos/{video_id}/retry", { path: { video_id: id }, idempotencyKey: makeKey() });
    followAgain(id, following);
    announce("Going on with what is missing.");
  } catch (error) {
    showProblem(error);
  }
}

/** Approve the script that this page shows. False if it could not be. */
export async function approveScript(id: string, following: Following, revision: number | null): Promise<boolean> {
  try {
    await request("post", "/v1/videos/{video_id}/approve", {
      path: { video_id: id },
      body: revision === null ? {} : { script_revision: revision },
      idempotencyKey: makeKey(),
    });
    followAgain(id, following);
    announce("Approved. The scenes are being made.");
    return true;
  } catch (error) {
    showProblem(error);
    return false;
  }
}

/** A new revision has begun: follow it, here and in the other tabs. */
export function followAgain(id: string, following: Following): void {
  following.resume();
  tellOtherTabs(id);
}

export function showProblem(error: unknown): void {
  const problem = toProblem(error);
  showToast({ text: [problem.detail || problem.title, problem.remedy].filter(Boolean).join(" "), tone: "bad" });
}
