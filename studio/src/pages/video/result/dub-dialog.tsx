import { useMemo, useState } from "preact/hooks";
import { makeKey, request } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { findFieldProblem, type Problem, toProblem } from "../../../api/problem";
import { Button, Dialog, ProblemNotice, Select, showToast, Switch, TextArea } from "../../../design";
import type { Video } from "../../../events/fold";
import { navigate } from "../../../router";
import { nameLanguage } from "./languages";

/** The film in another language: its pictures are used again, and their words translated. */
export function DubDialog({ id, video, onClose }: { id: string; video: Video; onClose: () => void }) {
  const voices = useLoaded(async (signal) => (await request("get", "/v1/voices", { signal })).data.data, []);
  const [language, setLanguage] = useState("");
  const [voice, setVoice] = useState("");
  const [own, setOwn] = useState(false);
  const [markdown, setMarkdown] = useState("");
  const [review, setReview] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const key = useMemo(makeKey, [language, voice, own, markdown, review]);
  const languages = listLanguages((voices.data ?? []).map((each) => each.language), video.language);
  const fitting = (voices.data ?? []).filter((each) => language !== "" && ["mul", language].includes(baseOf(each.language)));

  async function toggleOwn(on: boolean): Promise<void> {
    setOwn(on);
    if (!on || markdown !== "" || !video.urls.script) return;
    try {
      const response = await fetch(video.urls.script, { headers: { Accept: "text/markdown" }, credentials: "same-origin" });
      if (response.ok) setMarkdown(await response.text());
    } catch {
      // The field stays empty; it can be pasted into.
    }
  }

  async function dub(): Promise<void> {
    setBusy(true);
    setProblem(null);
    try {
      const { data } = await request("post", "/v1/videos/{video_id}/dub", {
        path: { video_id: id },
        body: { language, review, ...(voice ? { voice } : {}), ...(own && markdown.trim() ? { document: { markdown } } : {}) } as never,
        idempotencyKey: key,
      });
      showToast({ text: `The ${nameLanguage(language)} version is being made.` });
      navigate(`/videos/${data.id}`);
    } catch (error) {
      setProblem(toProblem(error));
      setBusy(false);
    }
  }

  const fields = ["/language", "/voice", "/document"];
  return (
    <Dialog
      open
      onClose={onClose}
      title="Dub into another language"
      wide={own}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" busy={busy} disabled={language === ""} onClick={() => void dub()}>
            Make the dub
          </Button>
        </>
      }
    >
      <p>A new film with the same scenes. Its pictures are drawn by the same code, with their words translated.</p>
      <div class="film-fields">
        <Select label="Language" value={language} error={findFieldProblem(problem, "/language")} onChange={(event) => (setLanguage(event.currentTarget.value), setVoice(""))}>
          <option value="">Choose…</option>
          {languages.map((tag) => (
            <option key={tag} value={tag}>
              {nameLanguage(tag)}
            </option>
          ))}
        </Select>
        <Select label="Voice" value={voice} disabled={language === ""} error={findFieldProblem(problem, "/voice")} onChange={(event) => setVoice(event.currentTarget.value)}>
          <option value="">The language's own</option>
          {fitting.map((each) => (
            <option key={each.id} value={each.id}>
              {each.id}
              {each.gender ? `, ${each.gender}` : ""}
            </option>
          ))}
        </Select>
      </div>
      {voices.problem && <ProblemNotice problem={voices.problem} onRetry={voices.reload} />}
      <Switch
        label="I translate it myself"
        hint="Otherwise a model does. Keep scenes and paragraphs as they are, and translate their words."
        checked={own}
        onChange={(on) => void toggleOwn(on)}
      />
      {own && (
        <TextArea
          label="Your translation"
          class="film-translation"
          rows={14}
          lang={language || undefined}
          dir="auto"
          value={markdown}
          error={findFieldProblem(problem, "/document")}
          onInput={(event) => setMarkdown(event.currentTarget.value)}
        />
      )}
      <Switch label="Show me the script first" hint="It waits for you to read, change and approve the translation." checked={review} onChange={setReview} />
      {problem && <ProblemNotice problem={problem} except={fields} />}
    </Dialog>
  );
}

/** The languages that some voice speaks, by name, without the film's own. */
export function listLanguages(tags: readonly string[], own: string): string[] {
  const bases = new Set(tags.map(baseOf).filter((tag) => tag !== "" && tag !== "mul" && tag !== baseOf(own)));
  return [...bases].sort((a, b) => nameLanguage(a).localeCompare(nameLanguage(b)));
}

function baseOf(tag: string): string {
  return tag.split("-")[0] ?? tag;
}
