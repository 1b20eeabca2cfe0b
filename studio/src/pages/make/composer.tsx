import { useEffect, useRef, useState } from "preact/hooks";
import { findFieldProblem, type Problem } from "../../api/problem";
import { Button, FieldError, Icon, IconButton, Notice, Segmented, showToast } from "../../design";
import { formatRough } from "../../format/times";
import { formatCount } from "../../format/numbers";
import { changeDraft, draft, hasSource } from "./draft";
import { Estimate } from "./estimate";
import { listImageNames, outlineLesson } from "./lesson-text";
import { ACCEPTED, type Refused, takeFiles } from "./uploads";

const TOPIC_LIMIT = 500; // characters, as the API's; anything longer is a lesson
const LESSON_HINT = `# The title

## The first scene

Write here what is said. A scene has a heading and a few paragraphs; each paragraph is a moment of the film.

## The second scene

Say what follows from the first.
`;

type ComposerProps = { busy: boolean; problem: Problem | null; onSubmit: () => void };

/** Where a video begins: a topic, or a lesson with its images, typed, pasted, chosen or dropped. */
export function Composer({ busy, problem, onSubmit }: ComposerProps) {
  const [dragging, setDragging] = useState(false);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const [taking, setTaking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { source, topic, markdown } = draft.value;
  const ready = hasSource(draft.value);

  async function take(files: readonly File[]): Promise<void> {
    if (!files.length) return;
    setTaking(true);
    setRefused(await takeFiles(files));
    setTaking(false);
  }

  function submit(event: Event): void {
    event.preventDefault();
    if (!busy && ready) onSubmit();
    else if (!ready) document.getElementById(source === "topic" ? "topic" : "lesson")?.focus();
  }

  return (
    <form
      class="composer card"
      data-dragging={dragging || undefined}
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit(event);
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
      }}
      onDrop={(event) => {
        if (!event.dataTransfer?.files.length) return;
        event.preventDefault();
        setDragging(false);
        void take([...event.dataTransfer.files]);
      }}
    >
      <div class="composer-head">
        <Segmented
          label="Begin with"
          hideLabel
          value={source}
          onChange={(chosen) => changeDraft({ source: chosen })}
          choices={[
            { value: "topic", label: "A topic", icon: "edit" },
            { value: "document", label: "A lesson", icon: "file" },
          ]}
        />
        {source === "document" && <LessonFacts />}
      </div>
      {source === "topic" ? <TopicField value={topic} problem={problem} /> : <LessonField value={markdown} problem={problem} onFiles={take} />}
      {refused.length > 0 && (
        <Notice tone="warn" title={refused.length === 1 ? "One file was not taken" : "Some files were not taken"}>
          <ul>
            {refused.map((each) => (
              <li key={each.name}>
                <b>{each.name}</b>: {each.reason}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <div class="composer-foot">
        <Button look="quiet" icon="upload" busy={taking} onClick={() => input.current?.click()}>
          Add files
        </Button>
        <input
          ref={input}
          type="file"
          accept={ACCEPTED}
          multiple
          hidden
          onChange={(event) => {
            void take([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
        <Estimate />
        <Button look="primary" size="l" type="submit" busy={busy} disabled={!ready && !busy}>
          Make video
        </Button>
      </div>
      {dragging && (
        <div class="composer-drop" aria-hidden="true">
          <Icon name="upload" size={28} />
          <p>Drop a lesson and its images</p>
        </div>
      )}
    </form>
  );
}

function TopicField({ value, problem }: { value: string; problem: Problem | null }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const error = findFieldProblem(problem, "/topic");
  const over = value.trim().length > TOPIC_LIMIT;
  useEffect(() => grow(field.current), [value]);
  return (
    <div class="composer-field">
      <label class="visually-hidden" for="topic">
        Topic
      </label>
      <textarea
        ref={field}
        id="topic"
        class="composer-topic"
        dir="auto"
        rows={2}
        value={value}
        placeholder="Why is the sky blue, and red in the evening?"
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? "topic-error" : undefined}
        onInput={(event) => changeDraft({ topic: event.currentTarget.value })}
        onPaste={(event) => {
          const text = event.clipboardData?.getData("text/plain") ?? "";
          if (value !== "" || (text.length <= TOPIC_LIMIT && !/^#{1,2} \S/m.test(text))) return;
          event.preventDefault();
          changeDraft({ source: "document", markdown: text });
          showToast({ text: "That is a whole lesson, so it was opened as one.", action: { label: "Undo", run: () => changeDraft({ source: "topic", topic: text, markdown: "" }) } });
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      {error && <FieldError id="topic-error">{error}</FieldError>}
      {over && !error && (
        <FieldError id="topic-error">
          {`This has ${value.trim().length} characters; a topic has up to ${TOPIC_LIMIT}. `}
          <button type="button" class="link" onClick={() => changeDraft({ source: "document", markdown: value })}>
            Open it as a lesson
          </button>
        </FieldError>
      )}
    </div>
  );
}

function LessonField({ value, problem, onFiles }: { value: string; problem: Problem | null; onFiles: (files: readonly File[]) => Promise<void> }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const error = findFieldProblem(problem, "/document");
  const lines = (problem?.errors ?? []).filter((each) => each.pointer.startsWith("line "));
  useEffect(() => grow(field.current), [value]);
  return (
    <div class="composer-field">
      <label class="visually-hidden" for="lesson">
        Lesson in Markdown
      </label>
      <textarea
        ref={field}
        id="lesson"
        class="composer-lesson"
        dir="auto"
        rows={10}
        spellcheck
        value={value}
        placeholder={LESSON_HINT}
        aria-invalid={error || lines.length ? true : undefined}
        aria-describedby="lesson-errors"
        onInput={(event) => changeDraft({ markdown: event.currentTarget.value })}
        onPaste={(event) => {
          const files = [...(event.clipboardData?.files ?? [])];
          if (!files.length) return;
          event.preventDefault();
          void onFiles(files);
        }}
      />
      <div id="lesson-errors">
        {error && <FieldError>{error}</FieldError>}
        {lines.map((each) => (
          <FieldError key={each.pointer + each.detail}>
            <button type="button" class="link" onClick={() => showLine(field.current, Number(each.pointer.slice(5)))}>
              {`Line ${each.pointer.slice(5)}`}
            </button>
            {`: ${each.detail}`}
          </FieldError>
        ))}
      </div>
      <Images markdown={value} />
    </div>
  );
}

/** The images that the text names and those that were added: what is missing is asked for. */
function Images({ markdown }: { markdown: string }) {
  const { images } = draft.value;
  const named = listImageNames(markdown);
  const all = [...new Set([...named, ...Object.keys(images)])];
  if (!all.length) return null;
  return (
    <ul class="composer-images" aria-label="Images">
      {all.map((name) => {
        const state = !images[name] ? "missing" : named.includes(name) ? "ready" : "unused";
        return (
          <li key={name} data-state={state}>
            <Icon name={state === "missing" ? "alert" : "image"} size={15} />
            <span dir="auto">{name}</span>
            <em>{{ missing: "drop it here", ready: "added", unused: "not named in the text" }[state]}</em>
            {images[name] && (
              <IconButton
                icon="x"
                size="s"
                label={`Remove ${name}`}
                onClick={() => {
                  const { [name]: _, ...rest } = draft.value.images;
                  changeDraft({ images: rest });
                }}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function LessonFacts() {
  const outline = outlineLesson(draft.value.markdown);
  if (!outline.words) return null;
  return (
    <p class="composer-facts numeric">
      {formatCount(outline.scenes.length, "scene")} · {formatCount(outline.words, "word")} · about {formatRough(outline.seconds)}
    </p>
  );
}

/** As high as its text. */
function grow(field: HTMLTextAreaElement | null): void {
  if (!field || CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

function showLine(field: HTMLTextAreaElement | null, line: number): void {
  if (!field) return;
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}
