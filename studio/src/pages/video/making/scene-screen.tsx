import { useEffect, useRef } from "preact/hooks";
import type { Progress, Scene, Video } from "../../../events/fold";
import { addVersion, hasEnded } from "../view";
import { describeActivity, describeStage, listSteps } from "./pipeline";
import { Rail } from "./scene-list";

type ScreenProps = {
  scene: Scene | undefined;
  video: Video;
  progress: ReadonlyMap<number, Progress>;
  ratio: string;
  playing: boolean;
  onPlay: () => void;
  onEnd: () => void;
};

/** The place where a scene plays; what is being done to it until then. */
export function SceneScreen({ scene, video, progress, ratio, playing, onPlay, onEnd }: ScreenProps) {
  const url = scene?.status === "rendered" ? (scene.video ?? scene.footage) : null;
  return (
    <div class="screen" style={{ aspectRatio: ratio }} data-tall={video.options.aspect === "9:16" || undefined}>
      {scene && url ? (
        <ScenePlayer key={`${scene.number}-${scene.take}`} scene={scene} url={addVersion(url, scene.take ?? 0)} playing={playing} onPlay={onPlay} onEnd={onEnd} />
      ) : (
        <Placeholder scene={scene} video={video} progress={progress} />
      )}
    </div>
  );
}

function ScenePlayer({ scene, url, playing, onPlay, onEnd }: { scene: Scene; url: string; playing: boolean; onPlay: () => void; onEnd: () => void }) {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (playing) element.current?.play().catch(() => {}); // a browser may want a click first; its own button is there
  }, [playing]);
  return (
    <video
      ref={element}
      src={url}
      poster={scene.still ? addVersion(scene.still, scene.take ?? 0) : undefined}
      controls
      playsInline
      preload="metadata"
      aria-label={`Scene ${scene.number}: ${scene.title}`}
      onPlay={onPlay}
      onEnded={onEnd}
    />
  );
}

/** A slide in the place of a scene that cannot play yet. */
function Placeholder({ scene, video, progress }: { scene: Scene | undefined; video: Video; progress: ReadonlyMap<number, Progress> }) {
  const over = hasEnded(video);
  if (!scene) {
    return (
      <div class="slide">
        <span class="slide-lines" aria-hidden="true" data-still={over || undefined}>
          <span />
          <span />
          <span />
        </span>
        <p class="slide-doing">{over ? "There is no script yet" : describeStage(video.stage, progress.get(0)) || "Waiting to begin"}</p>
      </div>
    );
  }
  return (
    <div class="slide">
      <p class="slide-number numeric">
        {scene.number}
        <span> of {video.scene_count}</span>
      </p>
      <p class="slide-title" dir="auto">
        {scene.title}
      </p>
      <Rail steps={listSteps(scene, progress.get(scene.number), over)} />
      <p class="slide-doing numeric">{describeActivity(scene, progress.get(scene.number), over)}</p>
    </div>
  );
}
