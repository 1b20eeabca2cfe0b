// A scene's code over the API: source as text, guarded by its ETag.

import { request, type Schemas } from "../../../api/client";
import { type Problem, ProblemError, toProblem } from "../../../api/problem";

export type CodeSource = { source: string; tag: string; origin: string };
export type CheckedCode = Schemas["CodeCheck"];
export type Finding = Pick<Schemas["CodeFinding"], "rule" | "level" | "message"> & { line?: number | null; beat?: number | null };

const PYTHON = "text/x-python";

export async function loadCode(id: string, number: number, signal: AbortSignal): Promise<CodeSource> {
  const { data, headers } = await request("get", "/v1/videos/{video_id}/scenes/{number}/code", {
    path: { video_id: id, number },
    headers: { Accept: `${PYTHON}, application/problem+json` },
    signal,
  });
  return { source: String(data ?? ""), tag: headers.get("ETag") ?? "", origin: headers.get("Lectern-Origin") ?? "" };
}

/** What a run without drawing finds. Throws ProblemError where it could not be run. */
export async function checkCode(id: string, number: number, source: string, signal: AbortSignal): Promise<CheckedCode> {
  const { data } = await request("post", "/v1/videos/{video_id}/scenes/{number}/code/check", {
    path: { video_id: id, number },
    raw: { content: source, type: PYTHON },
    signal,
  });
  return data;
}

export type SaveOutcome = { kind: "saved" } | { kind: "stale" } | { kind: "refused"; problem: Problem };

/** Have the scene drawn from this source, unless its code is no longer the one with this tag. */
export async function saveCode(id: string, number: number, source: string, tag: string): Promise<SaveOutcome> {
  try {
    await request("put", "/v1/videos/{video_id}/scenes/{number}/code", {
      path: { video_id: id, number },
      raw: { content: source, type: PYTHON },
      headers: tag ? { "If-Match": tag } : {},
    });
    return { kind: "saved" };
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 412) return { kind: "stale" };
    return { kind: "refused", problem: toProblem(error) };
  }
}
