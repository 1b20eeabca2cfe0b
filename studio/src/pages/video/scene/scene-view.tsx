import { useState } from "preact/hooks";
import { request } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { Button, EmptyState, LinkButton, Skeleton } from "../../../design";
import { RedoDialog } from "../making/redo-dialog";
import type { ViewProps } from "../view";
import { CodeView } from "./code-view";
import { TakesView } from "./takes-view";

/** One scene: the code it is drawn by, or its takes. */
export default function SceneView(props: ViewProps) {
  const { id, video, following, rest } = props;
  const [, number = 0, part = "takes"] = rest.split("/").map((each, index) => (index === 1 ? Number(each) : each)) as [string, number, string];
  const scene = video.scenes.find((each) => each.number === number);
  const [redoing, setRedoing] = useState(false);
  const { data: script } = useLoaded(
    async (signal) => (video.urls.script ? (await request("get", "/v1/videos/{video_id}/script", { path: { video_id: id }, signal })).data : null),
    [id, video.script_revision, video.urls.script],
  );
  const text = script?.scenes[number - 1];
  if (!scene) return video.scenes.length === 0 ? <Skeleton lines={5} /> : <NoSuchScene id={id} count={video.scenes.length} />;
  const address = `/videos/${id}/scenes`;
  return (
    <div class="one-scene">
      <header class="one-scene-head">
        <div>
          <p class="one-scene-place">
            <a href={`/videos/${id}/making?scene=${number}`}>All scenes</a>
            <span class="numeric">
              Scene {number} of {video.scene_count}
            </span>
          </p>
          <h2 dir="auto" lang={video.language || undefined}>
            {scene.title || `Scene ${number}`}
          </h2>
        </div>
        <div class="details-actions">
          {number > 1 && (
            <LinkButton look="quiet" size="s" icon="arrowLeft" href={`${address}/${number - 1}/${part}`}>
              Scene {number - 1}
            </LinkButton>
          )}
          {number < video.scenes.length && (
            <LinkButton look="quiet" size="s" icon="arrowRight" href={`${address}/${number + 1}/${part}`}>
              Scene {number + 1}
            </LinkButton>
          )}
          <Button size="s" icon="redo" disabled={video.status === "awaiting_approval"} onClick={() => setRedoing(true)}>
            Redo
          </Button>
        </div>
      </header>
      <nav class="video-views one-scene-parts" aria-label={`Scene ${number}`}>
        <a href={`${address}/${number}/takes`} aria-current={part === "takes" ? "page" : undefined}>
          Takes{scene.takes > 1 ? ` (${scene.takes})` : ""}
        </a>
        <a href={`${address}/${number}/code`} aria-current={part === "code" ? "page" : undefined}>
          Code
        </a>
      </nav>
      {part === "code" ? <CodeView key={number} {...props} scene={scene} text={text} /> : <TakesView key={number} {...props} scene={scene} />}
      {redoing && (
        <RedoDialog id={id} video={video} scene={scene} text={text} following={following} onClose={() => setRedoing(false)} />
      )}
    </div>
  );
}

function NoSuchScene({ id, count }: { id: string; count: number }) {
  return (
    <EmptyState icon="film" title="There is no such scene" actions={<LinkButton href={`/videos/${id}/making`}>See its scenes</LinkButton>}>
      <p>This video has {count === 1 ? "one scene" : `scenes 1 to ${count}`}. Others may have been cut since.</p>
    </EmptyState>
  );
}
