import { useMemo, useState } from "preact/hooks";
import { Button, Dialog, Segmented, showToast } from "../../../design";
import type { EditorState } from "./editor-state";
import type { Conflict } from "./merging";
import type { ScriptDocument, SentScene } from "./model";

/** Somebody else saved the script, and both changed the same. Each such part is chosen; everything else is put together. */
export function ConflictDialog({ editor, theirs, onClose }: { editor: EditorState; theirs: ScriptDocument; onClose: () => void }) {
  const merge = useMemo(() => editor.compare(theirs), [editor, theirs]);
  const [chosen, setChosen] = useState<ReadonlySet<Conflict>>(new Set());

  function choose(conflict: Conflict, side: "mine" | "theirs"): void {
    const next = new Set(chosen);
    if (side === "theirs") next.add(conflict);
    else next.delete(conflict);
    setChosen(next);
  }

  function adopt(): void {
    editor.adopt(theirs, merge, chosen);
    onClose();
    showToast({ text: "Put together. Nothing is saved yet.", action: { label: "Undo", run: editor.undo } });
  }

  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="The script was changed elsewhere meanwhile"
      actions={
        <>
          <Button onClick={onClose}>Decide later</Button>
          <Button look="primary" onClick={adopt}>
            Put them together
          </Button>
        </>
      }
    >
      <p>What only one of you changed is kept. Choose for {merge.conflicts.length === 1 ? "the part" : "the parts"} that you both changed; you can undo it.</p>
      {merge.conflicts.map((conflict) => (
        <section key={`${conflict.part}-${conflict.scene}`} class="conflict">
          <Segmented
            label={conflict.scene === null ? namePart(conflict.part) : `Scene ${conflict.scene}`}
            value={chosen.has(conflict) ? "theirs" : "mine"}
            choices={[
              { value: "mine", label: "Yours" },
              { value: "theirs", label: "Theirs" },
            ]}
            onChange={(side) => choose(conflict, side)}
          />
          <div class="conflict-sides">
            <Side name="Yours" value={conflict.mine} chosen={!chosen.has(conflict)} />
            <Side name="Theirs" value={conflict.theirs} chosen={chosen.has(conflict)} />
          </div>
        </section>
      ))}
    </Dialog>
  );
}

function Side({ name, value, chosen }: { name: string; value: unknown; chosen: boolean }) {
  return (
    <div class="conflict-side" data-chosen={chosen || undefined}>
      <h3>{name}</h3>
      {describeValue(value).map((line, index) => (
        <p key={index} dir="auto">
          {line}
        </p>
      ))}
    </div>
  );
}

function describeValue(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => (isScene(each) ? [each.title] : [typeof each === "string" ? each : JSON.stringify(each)]));
  if (isScene(value)) return [value.title, ...value.beats.map((beat) => beat.text), value.visual ? `Shows: ${value.visual.kind}` : ""].filter(Boolean);
  if (typeof value === "object" && value !== null) return Object.entries(value).map(([name, each]) => `${name}: ${String(each)}`);
  return [String(value)];
}

function isScene(value: unknown): value is SentScene {
  return typeof value === "object" && value !== null && "beats" in value;
}

function namePart(part: string): string {
  return { scenes: "The order and number of scenes", title: "Title", language: "Language" }[part] ?? `${part[0]?.toUpperCase()}${part.slice(1)}`;
}
