import { Notice } from "../../../design";
import { formatDuration } from "../../../format/times";
import { addVersion, toRatio, type ViewProps } from "../view";
import { estimateSeconds, formatEstimate } from "./changes";
import type { EditorState } from "./editor-state";
import type { Script } from "./model";

/** Beside the script: the scene that is being edited as it is now, and how long the whole will be. */
export function ScenePreview({ video, script, index, pace, editor }: ViewProps & { script: Script; index: number; pace: number; editor: EditorState }) {
  const total = script.scenes.reduce((sum, scene) => sum + estimateSeconds(scene, script.language, pace), 0);
  const shown = video.scenes.find((scene) => scene.number === index + 1);
  const url = shown?.status === "rendered" ? (shown.video ?? shown.footage) : null;
  const changed = editor.remade.value.includes(index + 1);
  return (
    <aside class="script-preview" aria-label="Preview">
      {url && shown ? (
        <figure>
          <div class="screen" style={{ aspectRatio: toRatio(video.options.aspect) }}>
            <video
              key={`${url}-${shown.take}`}
              src={addVersion(url, shown.take ?? 0)}
              poster={shown.still ? addVersion(shown.still, shown.take ?? 0) : undefined}
              controls
              playsInline
              preload="metadata"
              aria-label={`Scene ${index + 1} as it is now`}
            />
          </div>
          <figcaption>
            Scene {index + 1} {changed ? "before your changes" : "as it is now"}
            {shown.seconds ? `, ${formatDuration(shown.seconds)}` : ""}
          </figcaption>
        </figure>
      ) : (
        <div class="screen" style={{ aspectRatio: toRatio(video.options.aspect) }}>
          <div class="slide">
            <p class="slide-number numeric">
              {index + 1}
              <span> of {script.scenes.length}</span>
            </p>
            <p class="slide-title" dir="auto">
              {script.scenes[index]?.title}
            </p>
            <p class="slide-doing">{video.status === "awaiting_approval" ? "Made once you approve" : "Not made yet"}</p>
          </div>
        </div>
      )}
      <p class="script-total">
        <span>About</span> <strong class="numeric">{formatEstimate(total)}</strong> <span>in all, {script.scenes.length === 1 ? "1 scene" : `${script.scenes.length} scenes`}</span>
      </p>
      {changed && !editor.restored.value && url && (
        <Notice>
          <p>What you change is heard and seen once it is saved and made again. Until then the film stays as it is.</p>
        </Notice>
      )}
    </aside>
  );
}
