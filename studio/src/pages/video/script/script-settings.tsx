import { useEffect, useState } from "preact/hooks";
import { findFieldProblem, type Problem } from "../../../api/problem";
import { Button, IconButton, Notice, TextArea, TextField } from "../../../design";
import { formatCount } from "../../../format/numbers";
import type { EditorState } from "./editor-state";
import type { Script } from "./model";

/** What belongs to the whole script: its title, how words are said, where it is from, and what is doubted. */
export function ScriptSettings({ editor, problem }: { editor: EditorState; problem: Problem | null }) {
  const script = editor.script.value;
  const set = <K extends keyof Script>(name: K, value: Script[K]) => editor.change({ ...script, [name]: value }, name);
  return (
    <div class="script-settings">
      <Doubts doubts={script.doubts} onChange={(doubts) => editor.change({ ...script, doubts })} />
      <TextField
        label="Title"
        value={script.title}
        maxLength={200}
        dir="auto"
        lang={script.language}
        error={findFieldProblem(problem, "/title")}
        onInput={(event) => set("title", event.currentTarget.value)}
      />
      <div class="script-cards">
        <TextField
          label="Question"
          hint="Stands on the first picture; empty for the title"
          value={script.question}
          maxLength={200}
          dir="auto"
          lang={script.language}
          error={findFieldProblem(problem, "/question")}
          onInput={(event) => set("question", event.currentTarget.value)}
        />
        <TextField
          label="Idea"
          hint="One sentence to remember, after the last word"
          value={script.idea}
          maxLength={300}
          dir="auto"
          lang={script.language}
          error={findFieldProblem(problem, "/idea")}
          onInput={(event) => set("idea", event.currentTarget.value)}
        />
      </div>
      <details class="script-more">
        <summary>
          <span>Pronunciations and sources</span>
          <span class="script-more-count">
            {formatCount(Object.keys(script.pronunciations).length, "word")}, {formatCount(script.sources.length, "source")}
          </span>
        </summary>
        <div class="script-more-fields">
          <Pronunciations pronunciations={script.pronunciations} onChange={(pronunciations) => set("pronunciations", pronunciations)} />
          <Sources sources={script.sources} error={findFieldProblem(problem, "/sources")} onChange={(sources) => set("sources", sources)} />
        </div>
      </details>
    </div>
  );
}

function Doubts({ doubts, onChange }: { doubts: readonly string[]; onChange: (doubts: string[]) => void }) {
  return (
    <>
      {doubts.map((doubt) => (
        <Notice key={doubt} tone="warn" title="Please check this claim">
          <p dir="auto">{doubt}</p>
          <Button size="s" icon="check" onClick={() => onChange(doubts.filter((each) => each !== doubt))}>
            It is right, or put right
          </Button>
        </Notice>
      ))}
    </>
  );
}

type Said = { word: string; say: string };

/** How words are said. Rows are kept as they are typed; a row counts once it has both halves. */
function Pronunciations({ pronunciations, onChange }: { pronunciations: Record<string, string>; onChange: (next: Record<string, string>) => void }) {
  const [rows, setRows] = useState<readonly Said[]>(() => toRows(pronunciations));
  const known = JSON.stringify(pronunciations);
  useEffect(() => {
    if (JSON.stringify(toRecord(rows)) !== known) setRows(toRows(pronunciations));
  }, [known]);
  const update = (next: readonly Said[]) => {
    setRows(next);
    onChange(toRecord(next));
  };
  const set = (index: number, change: Partial<Said>) => update(rows.map((row, at) => (at === index ? { ...row, ...change } : row)));
  return (
    <fieldset class="field">
      <legend class="field-label">Pronunciations</legend>
      {rows.map((row, index) => (
        <div key={index} class="said">
          <input class="input" aria-label={`Word ${index + 1}`} placeholder="Written" value={row.word} onInput={(event) => set(index, { word: event.currentTarget.value })} />
          <input
            class="input"
            aria-label={`How word ${index + 1} is said`}
            placeholder="Said"
            value={row.say}
            onInput={(event) => set(index, { say: event.currentTarget.value })}
          />
          <IconButton icon="x" label={`Remove ${row.word || "this word"}`} onClick={() => update(rows.filter((_, at) => at !== index))} />
        </div>
      ))}
      <p>
        <Button size="s" icon="plus" onClick={() => setRows([...rows, { word: "", say: "" }])}>
          Add a word
        </Button>
      </p>
      <p class="field-hint">The scenes that say the word are made again.</p>
    </fieldset>
  );
}

function toRows(record: Record<string, string>): Said[] {
  return Object.entries(record).map(([word, say]) => ({ word, say }));
}

function toRecord(rows: readonly Said[]): Record<string, string> {
  return Object.fromEntries(rows.filter((row) => row.word.trim() && row.say.trim()).map((row) => [row.word.trim(), row.say.trim()]));
}

function Sources({ sources, error, onChange }: { sources: readonly string[]; error: string; onChange: (sources: string[]) => void }) {
  const [text, setText] = useState(sources.join("\n"));
  const parse = (value: string) => value.split("\n").map((line) => line.trim()).filter(Boolean);
  useEffect(() => {
    if (parse(text).join("\n") !== sources.join("\n")) setText(sources.join("\n"));
  }, [sources.join("\n")]);
  return (
    <TextArea
      label="Sources"
      hint="One a line; the transcript lists them"
      rows={3}
      value={text}
      error={error}
      onInput={(event) => {
        setText(event.currentTarget.value);
        onChange(parse(event.currentTarget.value));
      }}
    />
  );
}
