import { useEffect, useState } from "preact/hooks";
import { request, type Schemas } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import type { Scene, Video } from "../../../events/fold";
import { navigate, query, replaceQuery } from "../../../router";
import { hasEnded, toRatio, type ViewProps } from "../view";
import { SceneDetails } from "./scene-details";
import { SceneList } from "./scene-list";
import { SceneScreen } from "./scene-screen";

type ScriptDocument = Schemas["ScriptDocument"];

/** A video being made: its scenes on their way, and one of them large, playing as soon as it can. */
export default function MakingView({ id, video, following }: ViewProps) {
  const script = useScript(id, video);
  const [playing, setPlaying] = useState(false);
  const { progress } = following.state.value;
  const chosen = Number(query.value.get("scene")) || 0;
  const scene = video.scenes.find((each) => each.number === chosen) ?? chooseScene(video.scenes);
  const over = hasEnded(video);

  function choose(number: number, play: boolean): void {
    setPlaying(play);
    replaceQuery({ scene: String(number) });
  }

  /** The next scene follows by itself where it is ready. */
  function playNext(): void {
    const next = video.scenes.find((each) => scene && each.number === scene.number + 1);
    if (next?.status === "rendered") choose(next.number, true);
    else setPlaying(false);
  }

  useEffect(() => {
    // Who watches the making on the video's own address is shown the film when it is finished.
    if (video.status === "completed" && location.pathname.endsWith(`/videos/${id}`)) navigate(`/videos/${id}`, { replace: true });
  }, [video.status]);

  if (over && video.scenes.length === 0) return null; // above it is said why there is nothing to see
  return (
    <div class="making">
      <div class="making-main">
        <SceneScreen
          scene={scene}
          video={video}
          progress={following.state.value.progress}
          ratio={toRatio(video.options.aspect)}
          playing={playing}
          onPlay={() => setPlaying(true)}
          onEnd={playNext}
        />
        {scene && (
          <SceneDetails
            key={scene.number}
            id={id}
            video={video}
            scene={scene}
            text={script?.scenes[scene.number - 1]}
            language={script?.language ?? video.language}
            following={following}
          />
        )}
      </div>
      <SceneList scenes={video.scenes} progress={progress} over={over} chosen={scene?.number ?? 0} onChoose={choose} />
    </div>
  );
}

/** Without a choice: the first that plays, else the first at work. */
function chooseScene(scenes: readonly Scene[]): Scene | undefined {
  return scenes.find((each) => each.status === "rendered") ?? scenes.find((each) => each.status !== "waiting") ?? scenes[0];
}

function useScript(id: string, video: Video): ScriptDocument | null {
  const { data } = useLoaded(
    async (signal) => {
      if (!video.urls.script) return null;
      return (await request("get", "/v1/videos/{video_id}/script", { path: { video_id: id }, signal })).data;
    },
    [id, video.script_revision, video.urls.script],
  );
  return data as ScriptDocument | null;
}
