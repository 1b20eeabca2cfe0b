import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { request } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { announce, Button, Notice, ProblemNotice, Skeleton } from "../../../design";
import { formatWhen } from "../../../format/times";
import type { ViewProps } from "../view";
import { ConflictDialog } from "./conflict-dialog";
import { type EditorState, openEditor } from "./editor-state";
import { addScene } from "./editing";
import { measurePace } from "./changes";
import { focusLater } from "./focusing";
import { findWholeHints, type ScriptDocument } from "./model";
import { SaveBar } from "./save-bar";
import { ScenePreview } from "./scene-preview";
import { SceneCard } from "./scene-card";
import { ScriptSettings } from "./script-settings";
import { useSaving } from "./saving";

/** The script of a video: read, edited in place, approved. */
export default function ScriptView(props: ViewProps) {
  const { id } = props;
  const { data, problem, reload } = useLoaded(
    async (signal) => (await request("get", "/v1/videos/{video_id}/script", { path: { video_id: id }, signal })).data as ScriptDocument,
    [id],
  );
  if (data) return <Editor {...props} sent={data} />;
  if (problem) return <ProblemNotice problem={problem} onRetry={reload} />;
  return <Skeleton lines={6} />;
}

function Editor(props: ViewProps & { sent: ScriptDocument }) {
  const { id, video, sent } = props;
  const editor = useMemo(() => openEditor(id, sent, video.options.cards), [id, sent]);
  const saving = useSaving(id, editor, props.following);
  const [shown, setShown] = useState(0);
  const form = useRef<HTMLDivElement>(null);
  const script = editor.script.value;
  const pace = measureVideoPace(editor, props);

  // What somebody else saved is looked at as soon as the stream tells of it, not only when saving is refused.
  useEffect(() => {
    if (video.script_revision && video.script_revision > editor.base.peek().revision && !saving.busy) void saving.lookAtTheirs();
  }, [video.script_revision]);
  useLeaveWarning(editor);

  function add(): void {
    const added = addScene(script, null);
    editor.change(added.script);
    announce(`Scene ${added.script.scenes.length} was added.`);
    focusLater(form.current, `[data-scene="${added.key}"] .scene-card-title`);
  }

  return (
    <div class="script" ref={form}>
      <div class="script-main">
        <Restored editor={editor} />
        {findWholeHints(editor.hints.value, script).map((hint) => (
          <Notice key={hint.text} icon="pause" title="No time to think">
            <p>{hint.text}</p>
          </Notice>
        ))}
        <ScriptSettings editor={editor} problem={saving.problem} />
        <ol class="script-scenes" aria-label="Scenes">
          {script.scenes.map((scene, index) => (
            <SceneCard
              key={scene.key}
              scene={scene}
              index={index}
              script={script}
              pace={pace}
              changed={editor.remade.value.includes(index + 1)}
              problem={saving.problem}
              hints={editor.hints.value}
              onChange={editor.change}
              onFocus={() => setShown(index)}
              onUndo={editor.undo}
            />
          ))}
        </ol>
        <p>
          <Button icon="plus" onClick={add}>
            Add a scene
          </Button>
        </p>
      </div>
      <ScenePreview {...props} script={script} index={Math.min(shown, script.scenes.length - 1)} pace={pace} editor={editor} />
      <SaveBar {...props} editor={editor} saving={saving} />
      {saving.theirs && <ConflictDialog editor={editor} theirs={saving.theirs} onClose={saving.closeTheirs} />}
    </div>
  );
}

function Restored({ editor }: { editor: EditorState }) {
  const [others, setOthers] = useState(() => editor.otherDrafts());
  if (editor.restored.value && editor.dirty.value) {
    return (
      <Notice icon="undo" title="Your unsaved changes are here">
        <p>They were kept in this browser. Save them, or go back to the saved script.</p>
        <Button size="s" onClick={editor.discard}>
          Discard them
        </Button>
      </Notice>
    );
  }
  const other = others[0];
  if (!other || editor.dirty.value) return null;
  return (
    <Notice icon="edit" title="There are unsaved changes from another tab">
      <p>They are from {formatWhen(new Date(other.draft.at).toISOString())}.</p>
      <Button
        size="s"
        onClick={() => {
          editor.useOtherDraft(other.tab);
          setOthers([]);
        }}
      >
        Continue with them here
      </Button>
    </Notice>
  );
}

/** How fast this video's voice speaks: measured on the scenes whose words are as they were spoken. */
function measureVideoPace(editor: EditorState, { video }: ViewProps): number {
  const { script } = editor.base.value;
  const measured = video.scenes.flatMap((scene) => {
    const text = script.scenes[scene.number - 1]?.beats.map((beat) => beat.spoken || beat.text).join(" ");
    return scene.seconds && text ? [{ text, seconds: scene.seconds }] : [];
  });
  return measurePace(measured, script.language, video.options.speaking_rate);
}

/** The edits are kept in this browser; a warning all the same for whoever closes it in haste. */
function useLeaveWarning(editor: EditorState): void {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (editor.dirty.peek()) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [editor]);
}
