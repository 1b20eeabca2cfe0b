import { useRef } from "preact/hooks";
import { announce, FieldError, Icon, Menu, showToast } from "../../../design";
import { changeBeat, deleteBeat, mergeBeat, moveBeat, splitBeat, splitScene } from "./editing";
import { focusLater } from "./focusing";
import type { Beat, Hint, Scene, Script } from "./model";

type BeatProps = {
  beat: Beat;
  position: number;
  scene: Scene;
  sceneNumber: number;
  script: Script;
  error: string;
  hints: readonly Hint[];
  onChange: (next: Script, group?: string) => void;
  onUndo: () => void;
};

/** A sentence. Enter splits it at the caret, Backspace at its start joins it to the one before; the menu does both too. */
export function BeatField({ beat, position, scene, sceneNumber, script, error, hints, onChange, onUndo }: BeatProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const name = `Sentence ${position + 1} of scene ${sceneNumber}`;
  const set = (part: "text" | "spoken" | "show" | "speaker", value: string) =>
    onChange(changeBeat(script, scene.key, beat.key, (each) => ({ ...each, [part]: value })), `${beat.key}-${part}`);

  function setPause(seconds: number): void {
    const pause = Math.min(5, Math.max(0, seconds || 0));
    onChange(changeBeat(script, scene.key, beat.key, (each) => ({ ...each, pause })), `${beat.key}-pause`);
  }

  function split(offset: number): void {
    const made = splitBeat(script, scene.key, beat.key, offset);
    onChange(made.script);
    focusLater(null, `[data-beat="${made.key}"] textarea`, 0);
  }

  function merge(): void {
    const made = mergeBeat(script, scene.key, beat.key);
    if (!made) return;
    onChange(made.script);
    announce("Joined to the sentence before.");
    focusLater(null, `[data-beat="${made.key}"] textarea`, made.offset);
  }

  function remove(): void {
    const next = scene.beats[position + 1] ?? scene.beats[position - 1];
    onChange(deleteBeat(script, scene.key, beat.key));
    showToast({ text: "The sentence was deleted.", action: { label: "Undo", run: onUndo } });
    if (next) focusLater(null, `[data-beat="${next.key}"] textarea`);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const target = event.currentTarget as HTMLTextAreaElement;
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      split(target.selectionStart);
    } else if (event.key === "Backspace" && position > 0 && target.selectionStart === 0 && target.selectionEnd === 0) {
      event.preventDefault();
      merge();
    } else if ((event.key === "ArrowUp" || event.key === "ArrowDown") && event.altKey) {
      event.preventDefault();
      onChange(moveBeat(script, scene.key, beat.key, event.key === "ArrowUp" ? -1 : 1));
      focusLater(null, `[data-beat="${beat.key}"] textarea`);
    }
  }

  return (
    <li class="beat" data-beat={beat.key}>
      <div class="beat-texts">
        {beat.speaker && <span class="beat-speaker">{beat.speaker}</span>}
        <textarea
          ref={field}
          class="beat-text"
          rows={1}
          value={beat.text}
          placeholder="What is said"
          aria-label={name}
          aria-invalid={error ? true : undefined}
          dir="auto"
          lang={script.language}
          onInput={(event) => set("text", event.currentTarget.value.replace(/\s*\n\s*/g, " "))}
          onKeyDown={onKeyDown}
        />
        {error && <FieldError>{error}</FieldError>}
        {hints.map((hint) => (
          <p key={hint.text} class="beat-hint">
            <Icon name="volume" size={15} />
            <span>{hint.text}</span>
          </p>
        ))}
        {beat.spoken && (
          <label class="beat-extra">
            <span>Read aloud as</span>
            <input class="beat-note" value={beat.spoken} dir="auto" onInput={(event) => set("spoken", event.currentTarget.value)} />
          </label>
        )}
        {beat.show && (
          <label class="beat-extra">
            <span>On screen</span>
            <input class="beat-note" value={beat.show} dir="auto" onInput={(event) => set("show", event.currentTarget.value)} />
          </label>
        )}
        {beat.pause > 0 && (
          <label class="beat-extra">
            <span>Then a silence, in seconds</span>
            <input
              class="beat-note"
              type="number"
              min="0"
              max="5"
              step="0.1"
              value={beat.pause}
              onChange={(event) => setPause(event.currentTarget.valueAsNumber)}
            />
          </label>
        )}
      </div>
      <Menu
        label={`${name}: more`}
        items={[
          { label: "Split at the caret", icon: "split", onSelect: () => split(field.current?.selectionStart ?? beat.text.length) },
          { label: "Join to the one before", icon: "join", disabled: position === 0, onSelect: merge },
          { label: "Move up", icon: "arrowUp", disabled: position === 0, onSelect: () => onChange(moveBeat(script, scene.key, beat.key, -1)) },
          {
            label: "Move down",
            icon: "arrowDown",
            disabled: position === scene.beats.length - 1,
            onSelect: () => onChange(moveBeat(script, scene.key, beat.key, 1)),
          },
          { label: "Begin a new scene here", icon: "film", disabled: position === 0, onSelect: () => onChange(splitScene(script, scene.key, beat.key)) },
          { label: "Read it aloud differently", icon: "volume", disabled: beat.spoken !== "", onSelect: () => set("spoken", beat.text) },
          { label: "Say what to show", icon: "eye", disabled: beat.show !== "", onSelect: () => set("show", "Show ") },
          { label: "Be silent after it", icon: "pause", disabled: beat.pause > 0, onSelect: () => setPause(1.5) },
          { label: "Delete", icon: "trash", danger: true, disabled: scene.beats.length === 1, onSelect: remove },
        ]}
      />
    </li>
  );
}
