import { useState } from "preact/hooks";
import type { Schemas } from "../../../api/client";
import type { Problem } from "../../../api/problem";
import { Button, LinkButton, Marked, Notice, ProblemNotice } from "../../../design";
import type { Scene, Video } from "../../../events/fold";
import type { Following } from "../../../events/follow";
import { formatWhen } from "../../../format/times";
import { Attempts } from "./attempts";
import { RedoDialog } from "./redo-dialog";
import { Timings } from "./timings";

type SentScene = Schemas["ScriptScene"];

type DetailsProps = {
  id: string;
  video: Video;
  scene: Scene;
  text: SentScene | undefined;
  language: string;
  following: Following;
};

/** A scene in words: what it says, what was tried, what is wrong, and what can be done about it. */
export function SceneDetails({ id, video, scene, text, language, following }: DetailsProps) {
  const [redoing, setRedoing] = useState(false);
  const changeable = video.status !== "awaiting_approval" && scene.status !== "waiting";
  return (
    <section class="details" aria-label={`Scene ${scene.number}`}>
      <header class="details-head">
        <h2 dir="auto" lang={language || undefined}>
          {scene.title || `Scene ${scene.number}`}
        </h2>
        {changeable && (
          <div class="details-actions">
            <Button size="s" icon="redo" onClick={() => setRedoing(true)}>
              Redo
            </Button>
            <LinkButton size="s" icon="code" href={`/videos/${id}/scenes/${scene.number}/code`}>
              Code
            </LinkButton>
            <LinkButton size="s" icon="film" href={`/videos/${id}/scenes/${scene.number}/takes`}>
              Takes{scene.takes > 1 ? ` (${scene.takes})` : ""}
            </LinkButton>
          </div>
        )}
      </header>
      {scene.waiting && (
        <Notice tone="warn" icon="clock" title={scene.waiting.problem.title}>
          <p>{scene.waiting.problem.detail}</p>
          <p>
            It has waited since {formatWhen(scene.waiting.since)} and goes on by itself. {scene.waiting.problem.remedy}
          </p>
        </Notice>
      )}
      {scene.error && <ProblemNotice problem={scene.error as Problem} />}
      {scene.degraded && <Degraded id={id} scene={scene} onRedo={() => setRedoing(true)} />}
      <Attempts attempts={scene.attempts} />
      {text && (
        <div class="details-text" lang={language || undefined} dir="auto">
          {text.beats.map((beat, index) => (
            <p key={index}>
              {beat.speaker && <strong>{beat.speaker}: </strong>}
              {beat.text}
            </p>
          ))}
        </div>
      )}
      <Timings scene={scene} />
      {redoing && <RedoDialog id={id} video={video} scene={scene} text={text} following={following} onClose={() => setRedoing(false)} />}
    </section>
  );
}

function Degraded({ id, scene, onRedo }: { id: string; scene: Scene; onRedo: () => void }) {
  const problem = scene.degraded;
  if (!problem) return null;
  return (
    <Notice tone="warn" title="This scene shows a simple card instead of its drawing">
      <p>
        <Marked text={problem.detail || problem.title} />
      </p>
      {problem.remedy && (
        <p>
          <Marked text={problem.remedy} />
        </p>
      )}
      <p class="details-actions">
        <Button size="s" icon="redo" onClick={onRedo}>
          Try it again
        </Button>
        <LinkButton size="s" icon="code" href={`/videos/${id}/scenes/${scene.number}/code`}>
          Mend its code
        </LinkButton>
      </p>
    </Notice>
  );
}
