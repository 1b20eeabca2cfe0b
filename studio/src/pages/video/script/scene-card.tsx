import { useId, useRef } from "preact/hooks";
import { findFieldProblem, type Problem } from "../../../api/problem";
import { announce, Badge, Button, Menu, showToast } from "../../../design";
import { formatCount } from "../../../format/numbers";
import { BeatField } from "./beat-field";
import { countWords, estimateSeconds, formatEstimate } from "./changes";
import { addBeat, addScene, changeScene, deleteScene, mergeScene, moveScene } from "./editing";
import { focusLater } from "./focusing";
import { findHints, type Hint, readSpoken, type Scene, type Script } from "./model";
import { VisualFields } from "./visual-fields";

type CardProps = {
  scene: Scene;
  index: number;
  script: Script;
  /** Words a second. */
  pace: number;
  changed: boolean;
  problem: Problem | null;
  hints: readonly Hint[];
  onChange: (next: Script, group?: string) => void;
  onFocus: () => void;
  onUndo: () => void;
};

/** A scene of the script: its heading, its sentences and what it shows, all edited in place. */
export function SceneCard(props: CardProps) {
  const { scene, index, script, pace, changed, problem, hints, onChange, onFocus, onUndo } = props;
  const id = useId();
  const list = useRef<HTMLOListElement>(null);
  const number = index + 1;
  const at = `/scenes/${index}`;

  function add(): void {
    const added = addBeat(script, scene.key, null);
    onChange(added.script);
    focusLater(list.current, `[data-beat="${added.key}"] textarea`);
  }

  function move(by: -1 | 1): void {
    onChange(moveScene(script, scene.key, by));
    announce(`Scene ${number} is scene ${number + by} now.`);
  }

  function insert(): void {
    const added = addScene(script, scene.key);
    onChange(added.script);
    focusLater(null, `[data-scene="${added.key}"] .scene-card-title`);
  }

  function remove(): void {
    onChange(deleteScene(script, scene.key));
    showToast({ text: `Scene ${number} was deleted.`, action: { label: "Undo", run: onUndo } });
  }

  return (
    <li class="scene-card" data-scene={scene.key} data-changed={changed || undefined} onFocusIn={onFocus}>
      <header class="scene-card-head">
        <span class="scene-card-number numeric" aria-hidden="true">
          {number}
        </span>
        <label class="visually-hidden" for={id}>
          Heading of scene {number}
        </label>
        <input
          id={id}
          class="scene-card-title"
          value={scene.title}
          placeholder="Heading"
          maxLength={200}
          dir="auto"
          lang={script.language}
          aria-invalid={findFieldProblem(problem, `${at}/title`) ? true : undefined}
          onInput={(event) => {
            const title = event.currentTarget.value;
            onChange(changeScene(script, scene.key, (each) => ({ ...each, title })), `${scene.key}-title`);
          }}
        />
        <span class="scene-card-facts numeric">
          {changed && <Badge tone="warn">changed</Badge>}
          {formatCount(countWords(readSpoken(scene), script.language), "word")}, {formatEstimate(estimateSeconds(scene, script.language, pace))}
        </span>
        <Menu
          label={`Scene ${number}: more`}
          items={[
            { label: "Move up", icon: "arrowUp", disabled: index === 0, onSelect: () => move(-1) },
            { label: "Move down", icon: "arrowDown", disabled: index === script.scenes.length - 1, onSelect: () => move(1) },
            { label: "Add a scene after it", icon: "plus", onSelect: insert },
            { label: "Join to the scene before", icon: "join", disabled: index === 0, onSelect: () => onChange(mergeScene(script, scene.key)) },
            { label: "Delete", icon: "trash", danger: true, disabled: script.scenes.length === 1, onSelect: remove },
          ]}
        />
      </header>
      <ol class="beats" aria-label={`Sentences of scene ${number}`} ref={list}>
        {scene.beats.map((beat, position) => (
          <BeatField
            key={beat.key}
            beat={beat}
            position={position}
            scene={scene}
            sceneNumber={number}
            script={script}
            error={findFieldProblem(problem, `${at}/beats/${position}`)}
            hints={findHints(hints, beat)}
            onChange={onChange}
            onUndo={onUndo}
          />
        ))}
      </ol>
      <Button class="beats-add" look="quiet" size="s" icon="plus" onClick={add}>
        Add a sentence
      </Button>
      <VisualFields scene={scene} number={number} script={script} error={findFieldProblem(problem, `${at}/visual`)} onChange={onChange} />
    </li>
  );
}
