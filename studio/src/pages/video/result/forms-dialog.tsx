import { useMemo, useState } from "preact/hooks";
import { makeKey, request, type Schemas } from "../../../api/client";
import { type Problem, toProblem } from "../../../api/problem";
import { Button, Dialog, ProblemNotice, showToast } from "../../../design";
import type { Video } from "../../../events/fold";
import { formatCount } from "../../../format/numbers";
import { navigate } from "../../../router";
import { combineForms, type Forms, MOST_FORMS } from "./forms";

const CHOICES = {
  aspect: { label: "Shape", values: [["16:9", "Wide"], ["9:16", "Tall"], ["1:1", "Square"]] },
  theme: { label: "Theme", values: [["dark", "Dark"], ["light", "Light"], ["chalkboard", "Chalk"], ["contrast", "Contrast"]] },
  quality: { label: "Quality", values: [["draft", "Draft, 480p"], ["standard", "Standard, 720p"], ["high", "High, 1080p60"], ["ultra", "Ultra, 4K60"]] },
} as const;

/** The same film in other shapes, themes and qualities: each combination of what is ticked is a film of its own. */
export function FormsDialog({ id, video, onClose }: { id: string; video: Video; onClose: () => void }) {
  const { aspect, theme, quality } = video.options;
  const own: Forms = { aspect: [aspect], theme: [theme], quality: [quality] };
  const [chosen, setChosen] = useState<Forms>(own);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const wanted = combineForms(chosen, { aspect, theme, quality });
  const key = useMemo(makeKey, [JSON.stringify(wanted)]);

  function toggle(name: keyof Forms, value: string, on: boolean): void {
    const values = on ? [...chosen[name], value] : chosen[name].filter((each) => each !== value);
    setChosen({ ...chosen, [name]: values });
  }

  async function make(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const { data } = await request("post", "/v1/videos/{video_id}/variants", {
        path: { video_id: id },
        body: { variants: wanted as Schemas["VariantOptions"][] },
        idempotencyKey: key,
      });
      const [first] = data.data;
      showToast({ text: `${formatCount(data.data.length, "film is", "films are")} being made.` });
      navigate(data.data.length === 1 && first ? `/videos/${first.id}` : "/library");
    } catch (error) {
      setProblem(toProblem(error));
      setBusy(false);
    }
  }

  const tooMany = wanted.length > MOST_FORMS;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Other forms of this film"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={busy} disabled={wanted.length === 0 || tooMany} onClick={() => void make()}>
            {wanted.length > 0 ? `Make ${formatCount(wanted.length, "film")}` : "Make them"}
          </Button>
        </>
      }
    >
      <p>The words and the narration are shared, so they cost nothing again. Only the pictures are drawn anew.</p>
      {(Object.keys(CHOICES) as (keyof typeof CHOICES)[]).map((name) => (
        <fieldset key={name} class="forms">
          <legend class="field-label">{CHOICES[name].label}</legend>
          {CHOICES[name].values.map(([value, label]) => (
            <label key={value} class="form-choice">
              <input type="checkbox" checked={chosen[name].includes(value)} onChange={(event) => toggle(name, value, event.currentTarget.checked)} />
              <span>
                {name === "aspect" && <i class="shape" data-aspect={value} aria-hidden="true" />}
                {label}
                {own[name].includes(value) && <small>this film</small>}
              </span>
            </label>
          ))}
        </fieldset>
      ))}
      <p role="status" class="forms-count">
        {wanted.length === 0 ? "Tick what you want besides this film." : tooMany ? `${wanted.length} films: at most ${MOST_FORMS} at once.` : describe(wanted)}
      </p>
      {problem && <ProblemNotice problem={problem} />}
    </Dialog>
  );
}

function describe(wanted: readonly Record<string, string>[]): string {
  return wanted.map((each) => Object.values(each).join(" ")).join(", ");
}
