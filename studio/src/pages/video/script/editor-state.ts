// A script being edited: what it was, what it is now, and the ways back. Kept in this browser with every change.

import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import { listRemade } from "./changes";
import { dropDraft, getTab, keepDraft, listOtherDrafts, readDraft } from "./drafts";
import { mergeScripts, type Merge, takeTheirs, type Conflict } from "./merging";
import { closeScript, type Hint, openScript, type PlainScript, readHints, type Script, type ScriptDocument } from "./model";

export type EditorState = {
  script: ReadonlySignal<Script>;
  base: ReadonlySignal<{ revision: number; script: PlainScript }>;
  /** Numbers of the scenes that saving makes again; empty when nothing has changed. */
  remade: ReadonlySignal<readonly number[]>;
  dirty: ReadonlySignal<boolean>;
  canUndo: ReadonlySignal<boolean>;
  /** What the API found in the script as it was last read. */
  hints: ReadonlySignal<readonly Hint[]>;
  keepHints: (sent: ScriptDocument) => void;
  /** Edits from before a reload were found and are in the script. */
  restored: ReadonlySignal<boolean>;
  change: (next: Script, group?: string) => void;
  undo: () => void;
  discard: () => void;
  /** The script was saved: this is what is in force now. */
  markSaved: (revision: number) => void;
  /** Somebody else saved. Without edits of one's own theirs is shown; else the merge, for what both changed. */
  compare: (theirs: ScriptDocument) => Merge;
  adopt: (theirs: ScriptDocument, merge: Merge, chosen: ReadonlySet<Conflict>) => void;
  otherDrafts: () => ReturnType<typeof listOtherDrafts>;
  useOtherDraft: (tab: string) => void;
};

const MOST_STEPS = 200; // ways back

export function openEditor(video: string, sent: ScriptDocument, cards = true): EditorState {
  const tab = getTab();
  const opened = openScript(sent);
  const base = signal({ revision: sent.revision, script: closeScript(opened) });
  const script = signal(opened);
  const past = signal<readonly { script: Script; group: string | undefined }[]>([]);
  const restored = signal(false);
  const hints = signal<readonly Hint[]>(readHints(sent));
  const remade = computed(() => listRemade(base.value.script, script.value, cards));
  let group: string | undefined;

  function keep(): void {
    if (remade.peek().length === 0) dropDraft(video, tab);
    else keepDraft(video, tab, { ...base.peek(), base: base.peek().script, script: closeScript(script.peek()), revision: base.peek().revision, at: Date.now() });
  }

  function change(next: Script, named?: string): void {
    if (next === script.peek()) return;
    batch(() => {
      // Typing in one field is one step, so that undoing takes back a thought and not a letter.
      if (named === undefined || named !== group) past.value = [...past.peek(), { script: script.peek(), group: named }].slice(-MOST_STEPS);
      group = named;
      script.value = next;
    });
    keep();
  }

  function restore(from: { base: PlainScript; script: PlainScript; revision: number }): void {
    const now = base.peek();
    const plain = from.revision === now.revision ? from.script : mergeScripts(from.base, from.script, now.script).merged;
    change(openPlain(plain, now.revision, script.peek()));
    restored.value = true;
  }

  const draft = readDraft(video, tab);
  if (draft) restore(draft);

  return {
    script,
    base,
    remade,
    hints,
    keepHints: (read) => {
      hints.value = readHints(read);
    },
    restored,
    dirty: computed(() => remade.value.length > 0),
    canUndo: computed(() => past.value.length > 0),
    change,
    undo: () => {
      const step = past.peek().at(-1);
      if (!step) return;
      group = undefined;
      past.value = past.peek().slice(0, -1);
      script.value = step.script;
      keep();
    },
    discard: () => {
      change(openPlain(base.peek().script, base.peek().revision, script.peek()));
      restored.value = false;
    },
    markSaved: (revision) => {
      base.value = { revision, script: closeScript(script.peek()) };
      restored.value = false;
      keep();
    },
    compare: (theirs) => mergeScripts(base.peek().script, closeScript(script.peek()), closeScript(openScript(theirs))),
    adopt: (theirs, merge, chosen) => {
      batch(() => {
        change(openPlain(takeTheirs(merge, chosen), theirs.revision, script.peek()));
        base.value = { revision: theirs.revision, script: closeScript(openScript(theirs)) };
        hints.value = readHints(theirs);
      });
      keep();
    },
    otherDrafts: () => listOtherDrafts(video, tab),
    useOtherDraft: (other) => {
      const found = readDraft(video, other);
      if (!found) return;
      restore(found);
      dropDraft(video, other);
    },
  };
}

function openPlain(plain: PlainScript, revision: number, like: Script): Script {
  return openScript({ ...plain, revision, approved: false, hints: [] }, like);
}
