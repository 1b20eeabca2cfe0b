import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Schemas } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import type { Problem } from "../../../api/problem";
import { Badge, Button, EmptyState, Marked, Notice, ProblemNotice, showToast, Skeleton } from "../../../design";
import type { Scene } from "../../../events/fold";
import { formatCount } from "../../../format/numbers";
import { formatDuration } from "../../../format/times";
import { readStored, writeStored } from "../../../storage";
import { followAgain } from "../actions";
import { addVersion, toRatio, type ViewProps } from "../view";
import { type CheckedCode, checkCode, type CodeSource, type Finding, loadCode, saveCode } from "./code-api";
import { CodeEditor } from "./code-editor";
import { useCheck } from "./use-check";

type CodeProps = ViewProps & { scene: Scene; text: Schemas["ScriptScene"] | undefined };

/** A scene's code, to be read, changed and checked while it is written; beside it the scene as it is now. */
export function CodeView(props: CodeProps) {
  const { id, scene, text } = props;
  const version = useVersion(scene);
  const { data, problem, reload } = useLoaded((signal) => loadCode(id, scene.number, signal), [id, scene.number, version]);
  const own = scene.degraded && text?.visual?.kind === "manim" ? text.visual.source : null;
  if (data) return <CodeDesk {...props} loaded={own === null ? data : { ...data, source: own, origin: "refused" }} shown={data.source} onReload={reload} />;
  if (problem?.status === 409) {
    return (
      <EmptyState icon="code" title="This scene has no code yet">
        <p>{problem.detail}</p>
      </EmptyState>
    );
  }
  if (problem) return <ProblemNotice problem={problem} onRetry={reload} />;
  return <Skeleton lines={8} />;
}

/** What tells the scene's code from an earlier one; while the next is written, that of the last. */
function useVersion(scene: Scene): string {
  const version = useRef("");
  if (scene.code) version.current = `${scene.take ?? "next"} ${scene.origin}`;
  return version.current;
}

const ORIGINS: Readonly<Record<string, string>> = { refused: "Yours, which could not be drawn", author: "Written by you", template: "Lectern's own drawing", model: "Written by a model" };

/** `loaded` is what is written on: the user's own code where it could not be drawn; `shown` is what the scene is drawn by. */
function CodeDesk({ id, video, scene, following, loaded, shown, onReload }: CodeProps & { loaded: CodeSource; shown: string; onReload: () => void }) {
  const draftKey = `code.${id}.${scene.number}`;
  const base = useRef(loaded);
  const [source, setSource] = useState(() => readStored(draftKey) ?? loaded.source);
  const [stale, setStale] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saving, setSaving] = useState(false);
  const dirty = source !== base.current.source;
  const check = useCheck(source, dirty || scene.degraded !== null, (text, signal) => checkCode(id, scene.number, text, signal));

  // The code changed elsewhere: shown at once where nothing was typed here, else only told.
  useEffect(() => {
    if (loaded.tag === base.current.tag && loaded.origin === base.current.origin) return;
    if (dirty) setStale(true);
    else {
      base.current = loaded;
      setSource(loaded.source);
    }
  }, [loaded.tag, loaded.origin]);

  function edit(text: string): void {
    setSource(text);
    writeStored(draftKey, text === base.current.source ? null : text);
  }

  function takeCurrent(): void {
    base.current = loaded;
    setStale(false);
    edit(loaded.source);
  }

  async function save(): Promise<void> {
    setSaving(true);
    setProblem(null);
    const outcome = await saveCode(id, scene.number, source, base.current.tag);
    setSaving(false);
    if (outcome.kind === "saved") {
      writeStored(draftKey, null);
      base.current = { ...base.current, source, tag: "" };
      showToast({ text: `Scene ${scene.number} is being drawn from your code.`, tone: "good" });
      followAgain(id, following);
    } else if (outcome.kind === "stale") {
      setStale(true);
      onReload();
    } else setProblem(outcome.problem);
  }

  const findings = useMemo(() => mergeFindings(check.result, problem), [check.result, problem]);
  const blocked = findings.some((finding) => finding.level === "error") && check.of === source;
  return (
    <div class="code-desk">
      <div class="code-main">
        <p class="code-facts">
          <Badge>{dirty ? "Changed, not saved" : (ORIGINS[base.current.origin] ?? base.current.origin)}</Badge>
          <span>Python with Manim. Ctrl+S saves. Tab indents; press Escape first to leave the editor with Tab.</span>
        </p>
        {stale && (
          <Notice tone="warn" title="The code was changed elsewhere meanwhile">
            <p>Yours is still here. Copy what you need before you take the other one, or save yours over it.</p>
            <div class="details-actions">
              <Button size="s" onClick={takeCurrent}>
                Show the other
              </Button>
              <Button
                size="s"
                onClick={() => {
                  base.current = { ...loaded };
                  setStale(false);
                }}
              >
                Keep mine
              </Button>
            </div>
          </Notice>
        )}
        <CodeEditor label={`Code of scene ${scene.number}`} value={source} findings={findings} onChange={edit} onSave={() => void save()} />
        <div class="code-actions">
          <p class="code-verdict" role="status">
            {describeCheck(check.busy, check.result, check.of === source, findings)}
          </p>
          <div class="details-actions">
            {source !== shown && loaded.source !== shown && (
              <Button look="quiet" onClick={() => edit(shown)}>
                Begin from the card's code
              </Button>
            )}
            {dirty && (
              <Button look="quiet" onClick={() => edit(base.current.source)}>
                Discard
              </Button>
            )}
            <Button onClick={check.run} busy={check.busy}>
              Check
            </Button>
            <Button look="primary" busy={saving} disabled={!dirty || blocked} onClick={() => void save()}>
              Save and draw
            </Button>
          </div>
        </div>
        {check.problem && <ProblemNotice problem={check.problem} onRetry={check.run} />}
        {problem && problem.code !== "code-refused" && <ProblemNotice problem={problem} />}
        <Findings findings={findings} />
      </div>
      <aside class="code-preview" aria-label="The scene as it is now">
        <div class="screen" style={{ aspectRatio: toRatio(video.options.aspect) }}>
          {scene.video ? (
            <video
              key={`${scene.video}-${scene.take}`}
              src={addVersion(scene.video, scene.take ?? 0)}
              poster={scene.still ? addVersion(scene.still, scene.take ?? 0) : undefined}
              controls
              playsInline
              preload="metadata"
              aria-label={`Scene ${scene.number}`}
            />
          ) : (
            <div class="slide">
              <p class="slide-doing">It is being made</p>
            </div>
          )}
        </div>
        {scene.degraded && (
          <Notice tone="warn" title="Shown as a simple card">
            <p>
              <Marked text={scene.degraded.detail} />
            </p>
            <p>
              <Marked text={scene.degraded.remedy} />
            </p>
          </Notice>
        )}
      </aside>
    </div>
  );
}

function Findings({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="findings" aria-label="Findings">
      {findings.map((finding, index) => (
        <li key={index} data-level={finding.level}>
          {finding.line ? (
            <a href={`#line-${finding.line}`} onClick={(event) => goToLine(event, finding.line ?? 1)}>
              Line {finding.line}
            </a>
          ) : (
            <span>{finding.beat ? `Sentence ${finding.beat}` : "Whole scene"}</span>
          )}
          <p>{finding.message}</p>
        </li>
      ))}
    </ul>
  );
}

function goToLine(event: Event, line: number): void {
  event.preventDefault();
  const field = document.querySelector<HTMLTextAreaElement>(".code-text");
  if (!field) return;
  const lines = field.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  field.focus();
  field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
}

function describeCheck(busy: boolean, result: CheckedCode | null, current: boolean, findings: readonly Finding[]): string {
  if (busy) return "Checking…";
  if (!result || !current) return "";
  const errors = findings.filter((each) => each.level === "error").length;
  const hints = findings.length - errors;
  if (errors) return `${formatCount(errors, "error")}: it cannot be drawn yet.`;
  const time = result.render_seconds > 0 ? ` Drawing it takes about ${formatDuration(result.render_seconds)} of computing.` : "";
  return `It can be drawn${hints ? `, with ${formatCount(hints, "warning")}` : ""}.${time}`;
}

/** What the check found, and what saving was refused for, which is the same said once more. */
function mergeFindings(result: CheckedCode | null, problem: Problem | null): Finding[] {
  if (problem?.code === "code-refused" && problem.errors.length) {
    return problem.errors.map((each) => ({ rule: "", level: "error", message: each.detail, line: Number(/^line (\d+)/.exec(each.pointer)?.[1]) || null }));
  }
  return result ? [...result.findings] : [];
}
