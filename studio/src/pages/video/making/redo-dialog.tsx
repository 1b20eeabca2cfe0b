import { useState } from "preact/hooks";
import { makeKey, request, type Schemas } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { findFieldProblem, type Problem, toProblem } from "../../../api/problem";
import { announce, Button, Dialog, LinkButton, ProblemNotice, Select, Switch, TextArea } from "../../../design";
import type { Scene, Video } from "../../../events/fold";
import type { Following } from "../../../events/follow";
import { followAgain } from "../actions";

type SentScene = Schemas["ScriptScene"];

const LONGEST_DIRECTION = 500; // characters; more is a script of its own

type RedoProps = {
  id: string;
  video: Video;
  scene: Scene;
  text: SentScene | undefined;
  following: Following;
  onClose: () => void;
};

/** Make a scene again: as it is, with a wish about what is shown, in another voice, with other words. */
export function RedoDialog({ id, video, scene, text, following, onClose }: RedoProps) {
  const before = text;
  const [direction, setDirection] = useState(before?.plan.direction ?? "");
  const [voice, setVoice] = useState(before?.voice ?? "");
  const [words, setWords] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const said = text?.beats.map((beat) => beat.text).join("\n") ?? "";

  async function redo(): Promise<void> {
    setBusy(true);
    setProblem(null);
    const body: Schemas["RedoRequest"] = {};
    if (direction.trim() !== (before?.plan.direction ?? "")) body.direction = direction.trim();
    if (voice !== (before?.voice ?? "")) body.voice = voice;
    if (words !== null && words.trim() !== said) body.narration = words.split("\n").map((line) => line.trim()).filter(Boolean);
    try {
      await request("post", "/v1/videos/{video_id}/scenes/{number}/redo", {
        path: { video_id: id, number: scene.number },
        body,
        idempotencyKey: makeKey(),
      });
      announce(`Scene ${scene.number} is being made again.`);
      followAgain(id, following);
      onClose();
    } catch (error) {
      setProblem(toProblem(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Redo scene ${scene.number}`}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" icon="redo" busy={busy} onClick={() => void redo()}>
            Redo this scene
          </Button>
        </>
      }
    >
      <p>Only this scene is made again, and the film is put together anew. What there is now stays as a take.</p>
      <TextArea
        label="What should it show?"
        hint="In your own words, such as “show it as a number line”. Leave it empty to have it drawn afresh."
        value={direction}
        maxLength={LONGEST_DIRECTION}
        rows={3}
        error={findFieldProblem(problem, "/direction")}
        onInput={(event) => setDirection(event.currentTarget.value)}
      />
      <VoiceChoice language={video.language} value={voice} error={findFieldProblem(problem, "/voice")} onChange={setVoice} />
      <Switch
        label="Change what it says"
        hint="One sentence a line"
        checked={words !== null}
        onChange={(checked) => setWords(checked ? said : null)}
      />
      {words !== null && (
        <TextArea
          label="What it says"
          hideLabel
          value={words}
          rows={6}
          dir="auto"
          lang={video.language}
          error={findFieldProblem(problem, "/narration")}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      )}
      {problem && <ProblemNotice problem={problem} except={["/direction", "/voice", "/narration"]} />}
      {problem?.code === "direction-needs-model" && (
        <LinkButton icon="code" href={`/videos/${id}/scenes/${scene.number}/code`}>
          Write its code yourself
        </LinkButton>
      )}
    </Dialog>
  );
}

function VoiceChoice({ language, value, error, onChange }: { language: string; value: string; error: string; onChange: (voice: string) => void }) {
  const { data } = useLoaded(
    async (signal) => (await request("get", "/v1/voices", { query: { language: language || undefined }, signal })).data,
    [language],
  );
  const voices = data?.data ?? [];
  return (
    <Select
      label="Voice"
      hint={data ? undefined : "The other voices are being asked for."}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">The video's own</option>
      {value && !voices.some((each) => each.id === value) && <option value={value}>{value}</option>}
      {voices.map((each) => (
        <option key={each.id} value={each.id}>
          {describeVoice(each)}
        </option>
      ))}
    </Select>
  );
}

function describeVoice({ id, language, gender }: Schemas["VoiceEntry"]): string {
  return [id, language === "mul" ? "several languages" : language, gender].filter(Boolean).join(", ");
}
