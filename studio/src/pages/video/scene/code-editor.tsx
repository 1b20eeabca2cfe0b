import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Finding } from "./code-api";
import { breakLine, indent, outdent, type Selection, toggleComment } from "./indenting";
import { splitLines } from "./python";

type EditorProps = {
  label: string;
  value: string;
  findings: readonly Finding[];
  onChange: (value: string) => void;
  onSave: () => void;
};

/** Code in the browser's own text field, over a coloured copy of the same text: what assistive technology, undo and
 *  spelling see is a plain field. Tab indents until Escape was pressed, so that nobody is caught in it. */
export function CodeEditor({ label, value, findings, onChange, onSave }: EditorProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const leaving = useRef(false);
  const caret = useRef<{ start: number; end: number } | null>(null);
  const lines = useMemo(() => splitLines(value), [value]);
  const marked = useMemo(() => markLines(findings), [findings]);

  useLayoutEffect(() => {
    if (caret.current) field.current?.setSelectionRange(caret.current.start, caret.current.end);
    caret.current = null;
  }, [value]);

  function apply(event: KeyboardEvent, change: (selection: Selection) => Selection): void {
    const target = event.currentTarget as HTMLTextAreaElement;
    event.preventDefault();
    const next = change({ text: value, start: target.selectionStart, end: target.selectionEnd });
    caret.current = next;
    onChange(next.text);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") {
      leaving.current = true;
      return;
    }
    if (event.key === "Tab" && !leaving.current && !command && !event.altKey) apply(event, event.shiftKey ? outdent : indent);
    else if (event.key === "Enter" && !command && !event.isComposing) apply(event, breakLine);
    else if (command && event.key === "/") apply(event, toggleComment);
    else if (command && event.key.toLowerCase() === "s") {
      event.preventDefault();
      onSave();
    }
    if (!["Tab", "Shift"].includes(event.key)) leaving.current = false;
  }

  return (
    <div class="code-editor">
      <div class="code-scroll">
        <pre class="code-colours" aria-hidden="true">
          {lines.map((parts, index) => (
            <span key={index} class="code-line" data-level={marked.get(index + 1)}>
              <span class="code-number">{index + 1}</span>
              <span>
                {parts.map((part, at) => (part.kind === "plain" ? part.text : <span key={at} class={`code-${part.kind === "number" ? "digits" : part.kind}`}>{part.text}</span>))}
                {"\n"}
              </span>
            </span>
          ))}
        </pre>
        <textarea
          ref={field}
          class="code-text"
          aria-label={label}
          value={value}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          wrap="off"
          dir="ltr"
          onInput={(event) => onChange(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          onBlur={() => {
            leaving.current = false;
          }}
        />
      </div>
    </div>
  );
}

/** The worst that was found at each line. */
function markLines(findings: readonly Finding[]): ReadonlyMap<number, string> {
  const marked = new Map<number, string>();
  for (const { line, level } of findings) {
    if (line && marked.get(line) !== "error") marked.set(line, level);
  }
  return marked;
}
