import { useEffect, useState } from "preact/hooks";
import { FieldError, Icon, Select, TextArea, TextField } from "../../../design";
import { changeScene } from "./editing";
import type { Scene, Script, Visual } from "./model";
import { findForm, parseField, printField, summarizeVisual, VISUAL_FORMS, type VisualField } from "./visual-forms";

type VisualProps = {
  scene: Scene;
  number: number;
  script: Script;
  error: string;
  onChange: (next: Script, group?: string) => void;
};

/** What a scene shows: a kind of drawing with its content, or a direction for a model that draws. */
export function VisualFields({ scene, number, script, error, onChange }: VisualProps) {
  const { visual } = scene;
  const form = visual ? findForm(visual.kind) : undefined;
  const set = (next: Visual | null, group?: string) =>
    onChange(changeScene(script, scene.key, (each) => ({ ...each, visual: next })), group && `${scene.key}-${group}`);

  return (
    <details class="visual" open={error !== "" || undefined}>
      <summary>
        <Icon name="eye" size={16} />
        <span>{scene.plan.direction || summarizeVisual(visual)}</span>
      </summary>
      <div class="visual-fields">
        {error && <FieldError>{error}</FieldError>}
        <Select
          label={`What scene ${number} shows`}
          hint={form?.about ?? "A model draws it; without one, its key words are shown"}
          value={visual?.kind ?? ""}
          onChange={(event) => set(keepFields(findForm(event.currentTarget.value)?.empty ?? null, visual))}
        >
          <option value="">Lectern chooses</option>
          {VISUAL_FORMS.map((each) => (
            <option key={each.kind} value={each.kind}>
              {each.label}
            </option>
          ))}
          {visual && !form && <option value={visual.kind}>{visual.kind}</option>}
        </Select>
        {visual?.kind === "chart" && (
          <Select label="Drawn as" value={String(visual.style ?? "bar")} onChange={(event) => set({ ...visual, style: event.currentTarget.value })}>
            <option value="bar">Bars</option>
            <option value="line">Lines</option>
            <option value="table">A table of the numbers</option>
          </Select>
        )}
        {visual && form?.fields.map((field) => <VisualText key={`${visual.kind}-${field.name}`} field={field} visual={visual} onChange={(next) => set(next, field.name)} />)}
        <TextArea
          label="Direction"
          hint="What you want to see, in your own words, for a model that draws"
          rows={2}
          maxLength={500}
          value={scene.plan.direction}
          onInput={(event) => {
            const direction = event.currentTarget.value;
            onChange(changeScene(script, scene.key, (each) => ({ ...each, plan: { ...each.plan, direction } })), `${scene.key}-direction`);
          }}
        />
      </div>
    </details>
  );
}

/** A field as it is typed; only what it means goes into the script, so that a new line can be begun. */
function VisualText({ field, visual, onChange }: { field: VisualField; visual: Visual; onChange: (next: Visual) => void }) {
  const printed = printField(field, visual);
  const [text, setText] = useState(printed);
  useEffect(() => {
    if (printField(field, parseField(field, visual, text)) !== printed) setText(printed); // changed from elsewhere: undone, merged
  }, [printed]);
  const onInput = (value: string) => {
    setText(value);
    onChange(parseField(field, visual, value));
  };
  if (field.type === "line") {
    return <TextField label={field.label} hint={field.hint} value={text} onInput={(event) => onInput(event.currentTarget.value)} />;
  }
  return (
    <TextArea
      label={field.label}
      hint={field.hint}
      class={field.type === "source" ? "mono" : ""}
      rows={Math.min(14, Math.max(3, text.split("\n").length + 1))}
      spellcheck={field.type !== "source"}
      value={text}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

/** Another kind of visual begins with the list of the one before, where both have one. */
function keepFields(next: Visual | null, before: Visual | null): Visual | null {
  if (!next || !before || next.kind === before.kind) return next;
  const listed = Object.values(before).find((value): value is string[] => Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string"));
  const field = findForm(next.kind)?.fields.find((each) => each.type === "lines");
  return listed && field && next.kind !== "chart" ? { ...next, [field.name]: listed } : next;
}
