import { Button, LinkButton, ProblemNotice } from "../../../design";
import { navigate } from "../../../router";
import type { ViewProps } from "../view";
import { formatScenes } from "./changes";
import type { EditorState } from "./editor-state";
import type { Saving } from "./saving";

/** What will follow from saving, before it is done. */
export function SaveBar({ id, video, editor, saving }: ViewProps & { editor: EditorState; saving: Saving }) {
  const review = video.status === "awaiting_approval";
  const remade = editor.remade.value;
  const dirty = remade.length > 0;
  if (!dirty && !review) return null;

  async function approve(): Promise<void> {
    await saving.approve();
    navigate(`/videos/${id}/making`);
  }

  return (
    <section class="save-bar" aria-label="Saving">
      {saving.problem && <ProblemNotice problem={nameScenes(saving.problem)} />}
      <div class="save-bar-line">
        <p>{describe(remade, review, editor.script.value.scenes.length)}</p>
        <div class="save-bar-actions">
          {editor.canUndo.value && (
            <Button look="quiet" icon="undo" onClick={editor.undo}>
              Undo
            </Button>
          )}
          {dirty && (
            <Button look="quiet" onClick={editor.discard}>
              Discard
            </Button>
          )}
          {dirty && (
            <Button look={review ? "plain" : "primary"} busy={saving.busy} onClick={() => void saving.save()}>
              {review ? "Save" : "Save and remake"}
            </Button>
          )}
          {review && (
            <Button look="primary" icon="check" busy={saving.busy} onClick={() => void approve()}>
              {dirty ? "Save and approve" : "Approve"}
            </Button>
          )}
          {!review && !dirty && <LinkButton href={`/videos/${id}/making`}>See it being made</LinkButton>}
        </div>
      </div>
    </section>
  );
}

function describe(remade: readonly number[], review: boolean, count: number): string {
  if (review) return remade.length ? "Unsaved changes. Nothing is made until you approve." : "Nothing is made, and nothing is paid for, until you approve.";
  const named = formatScenes(remade);
  if (remade.length === count) return count === 1 ? "The scene will be made again." : "All scenes will be made again.";
  return `Saving makes ${named} again and joins the film anew. The other scenes stay as they are.`;
}

/** The API points at `/scenes/0/…`; people count scenes from 1. */
function nameScenes(problem: Saving["problem"] & object): Saving["problem"] & object {
  const errors = problem.errors.map((each) => {
    const match = /^\/scenes\/(\d+)(?:\/beats\/(\d+))?/.exec(each.pointer);
    if (!match) return each;
    const where = `Scene ${Number(match[1]) + 1}${match[2] ? `, sentence ${Number(match[2]) + 1}` : ""}`;
    return { ...each, detail: `${where}: ${each.detail}` };
  });
  return { ...problem, errors };
}
