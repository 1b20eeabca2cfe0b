import { useState } from "preact/hooks";
import { request, type Schemas } from "../../../api/client";
import { type Problem, ProblemError, toProblem } from "../../../api/problem";
import { announce, showToast } from "../../../design";
import type { Following } from "../../../events/follow";
import { approveScript, followAgain } from "../actions";
import { formatScenes } from "./changes";
import { dropEmptyBeats } from "./editing";
import type { EditorState } from "./editor-state";
import { closeScript, type ScriptDocument } from "./model";

export type Saving = {
  busy: boolean;
  problem: Problem | null;
  /** The script as somebody else saved it meanwhile, until the user has decided. */
  theirs: ScriptDocument | null;
  save: () => Promise<boolean>;
  approve: () => Promise<void>;
  lookAtTheirs: () => Promise<void>;
  closeTheirs: () => void;
};

/** Saving a script: guarded by the revision it is an edit of, so that nobody's edit is lost. */
export function useSaving(id: string, editor: EditorState, following: Following): Saving {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [theirs, setTheirs] = useState<ScriptDocument | null>(null);

  async function save(): Promise<boolean> {
    setBusy(true);
    setProblem(null);
    editor.change(dropEmptyBeats(editor.script.peek()));
    const remade = editor.remade.peek();
    try {
      const { data, status } = await request("put", "/v1/videos/{video_id}/script", {
        path: { video_id: id },
        body: closeScript(editor.script.peek()) as Schemas["ScriptEdit"],
        headers: { "If-Match": `"${editor.base.peek().revision}"` },
      });
      editor.markSaved(data.script_revision ?? editor.base.peek().revision);
      void readHintsAgain();
      const text = status === 202 ? `Saved. Making ${formatScenes(remade)} again.` : "Saved.";
      showToast({ text, tone: "good" });
      followAgain(id, following);
      return true;
    } catch (error) {
      if (isStale(error)) await lookAtTheirs();
      else setProblem(toProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  }

  async function readHintsAgain(): Promise<void> {
    try {
      editor.keepHints((await request("get", "/v1/videos/{video_id}/script", { path: { video_id: id } })).data as ScriptDocument);
    } catch {
      // the script is saved; what was found in it is told when the page is opened again
    }
  }

  async function lookAtTheirs(): Promise<void> {
    try {
      const { data } = await request("get", "/v1/videos/{video_id}/script", { path: { video_id: id } });
      const sent = data as ScriptDocument;
      if (sent.revision === editor.base.peek().revision) return;
      const merge = editor.compare(sent);
      if (editor.dirty.peek() && merge.conflicts.length > 0) {
        setTheirs(sent);
        return;
      }
      const mixed = editor.dirty.peek();
      editor.adopt(sent, merge, new Set());
      const text = mixed ? "Somebody else changed other parts of the script. Both are here." : "The script was changed elsewhere and is shown as it is now.";
      showToast({ text });
    } catch (error) {
      setProblem(toProblem(error));
    }
  }

  async function approve(): Promise<void> {
    if (editor.dirty.peek() && !(await save())) return;
    setBusy(true);
    if (await approveScript(id, following, editor.base.peek().revision)) announce("The script is approved.");
    setBusy(false);
  }

  return { busy, problem, theirs, save, approve, lookAtTheirs, closeTheirs: () => setTheirs(null) };
}

function isStale(error: unknown): boolean {
  return error instanceof ProblemError && ["precondition-failed", "stale-script"].includes(error.problem.code);
}
