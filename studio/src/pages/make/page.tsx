import { useEffect, useRef, useState } from "preact/hooks";
import { makeKey, request } from "../../api/client";
import { useLoaded } from "../../api/load";
import { type Problem, toProblem } from "../../api/problem";
import { announce, Button, PageHeading, ProblemNotice, showToast } from "../../design";
import { formatRough } from "../../format/times";
import { navigate } from "../../router";
import { Composer } from "./composer";
import { changeDraft, clearSource, draft, hasSource, keepDraft, keepSent, makeRequest } from "./draft";
import { OptionsPanel } from "./options";

/** Fields that show their own problem. */
const SHOWN_AT_FIELDS = [
  "/topic", "/document", "/document/markdown", "/audience", "/tone", "/target_seconds",
  ...["aspect", "captions", "quality", "language", "voice", "speaking_rate", "music", "max_cost_usd"].map((name) => `/options/${name}`),
];

export default function MakePage() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const sent = useRef<{ body: string; key: string } | null>(null);

  useEffect(() => keepDraft(), []);

  async function submit(): Promise<void> {
    const body = makeRequest(draft.value);
    const text = JSON.stringify(body);
    // The same request sent again, after a cut for instance, is the same video.
    if (sent.current?.body !== text) sent.current = { body: text, key: makeKey() };
    setBusy(true);
    setProblem(null);
    try {
      const { data } = await request("post", "/v1/videos", { body, idempotencyKey: sent.current.key });
      sent.current = null;
      keepSent(data.id);
      clearSource();
      announce("Your video is being made.");
      navigate(`/videos/${data.id}`);
    } catch (error) {
      setProblem(toProblem(error));
      setBusy(false);
    }
  }

  return (
    <div class="make">
      <header class="make-head">
        <PageHeading title="Make a video">What should we explain?</PageHeading>
        <p>Ask a question or bring a lesson. You get a narrated, animated film with captions.</p>
      </header>
      <Composer busy={busy} problem={problem} onSubmit={submit} />
      {problem && <ProblemNotice problem={problem} except={SHOWN_AT_FIELDS} onRetry={problem.retryable ? submit : undefined} />}
      {!hasSource(draft.value) && <Examples />}
      <OptionsPanel problem={problem} />
    </div>
  );
}

/** Topics that work at once, without any key: the lessons that come with Lectern. */
function Examples() {
  const lessons = useLoaded(async (signal) => (await request("get", "/v1/lessons", { signal })).data.data, []);

  async function open(name: string): Promise<void> {
    try {
      const { data } = await request("get", "/v1/lessons/{name}", { path: { name }, headers: { Accept: "text/markdown" } });
      changeDraft({ source: "document", markdown: String(data) });
      document.getElementById("lesson")?.focus();
    } catch (error) {
      showToast({ text: toProblem(error).title, tone: "bad" });
    }
  }

  if (!lessons.data?.length) return null;
  const asLesson = draft.value.source === "document";
  return (
    <section class="examples" aria-labelledby="examples-heading">
      <h2 id="examples-heading">{asLesson ? "Begin with a finished lesson" : "Try one that works at once"}</h2>
      <ul class="examples-list">
        {lessons.data.map((lesson) => (
          <li key={lesson.name}>
            <Button
              size="s"
              onClick={() => {
                if (asLesson) return void open(lesson.name);
                changeDraft({ topic: lesson.title });
                document.getElementById("topic")?.focus();
              }}
            >
              {lesson.title}
              <span class="examples-length numeric">{formatRough(lesson.seconds)}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
