import { Badge, Icon } from "../../../design";
import type { Progress, Scene } from "../../../events/fold";
import { addVersion } from "../view";
import { describeActivity, listSteps, type Step } from "./pipeline";

type ListProps = {
  scenes: readonly Scene[];
  progress: ReadonlyMap<number, Progress>;
  over: boolean;
  chosen: number;
  onChoose: (number: number, play: boolean) => void;
};

/** Every scene with where it is on its way. */
export function SceneList({ scenes, progress, over, chosen, onChoose }: ListProps) {
  if (scenes.length === 0) return null;
  return (
    <ol class="scenes" aria-label="Scenes">
      {scenes.map((scene) => (
        <li key={scene.number}>
          <button
            type="button"
            class="scene-row"
            aria-current={scene.number === chosen ? "true" : undefined}
            onClick={() => onChoose(scene.number, scene.status === "rendered")}
          >
            <Thumbnail scene={scene} />
            <span class="scene-row-text">
              <span class="scene-row-title" dir="auto">
                <span class="visually-hidden">Scene {scene.number}: </span>
                {scene.title || `Scene ${scene.number}`}
              </span>
              <span class={`scene-row-doing scene-row-${scene.status}`}>
                <span class="numeric">{describeActivity(scene, progress.get(scene.number), over)}</span>
                {scene.attempts.length > 1 && <Badge>{scene.attempts.length} versions</Badge>}
              </span>
              <Rail steps={listSteps(scene, progress.get(scene.number), over)} />
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Thumbnail({ scene }: { scene: Scene }) {
  const ready = scene.status === "rendered" && scene.still;
  return (
    <span class="scene-thumb">
      {ready ? <img src={addVersion(scene.still ?? "", scene.take ?? 0)} alt="" loading="lazy" decoding="async" /> : null}
      <span class="scene-thumb-number numeric">{ready ? <Icon name="play" size={14} /> : scene.number}</span>
    </span>
  );
}

/** Voice, code, render: filled as far as each is. What it shows is said by the line above it. */
export function Rail({ steps }: { steps: readonly Step[] }) {
  return (
    <span class="rail" aria-hidden="true">
      {steps.map((step) => (
        <span key={step.stage} class="rail-step" data-state={step.state} title={step.label}>
          <span style={step.state === "working" && step.share !== undefined ? { inlineSize: `${step.share * 100}%` } : undefined} data-known={step.share !== undefined || undefined} />
        </span>
      ))}
    </span>
  );
}
