import { useState } from "preact/hooks";
import { makeKey, request } from "../../../api/client";
import { announce, Button, Icon, LinkButton } from "../../../design";
import type { Scene } from "../../../events/fold";
import { followAgain, showProblem } from "../actions";
import { hasEnded, type ViewProps } from "../view";

const TITLES: Readonly<Record<string, string>> = {
  doubt: "To be checked",
  "voice-replaced": "Another voice speaks",
  "letters-missing": "Letters shown as boxes",
  "wish-unmet": "Not as you asked",
  "not-carried": "A scene begins anew",
  misreading: "May be said wrongly",
  "no-pause": "No time to think",
};

/** What its user should know of the film though nothing has failed: doubts, other voices, scenes that show less. */
export function Remarks(props: ViewProps) {
  const { video } = props;
  const lesser = video.scenes.filter((scene) => scene.degraded);
  if (video.notes.length === 0 && lesser.length === 0) return null;
  return (
    <section class="film-part" aria-labelledby="film-remarks">
      <header>
        <h2 id="film-remarks">Good to know</h2>
      </header>
      <ul class="remarks">
        {lesser.map((scene) => (
          <Lesser key={scene.number} scene={scene} {...props} />
        ))}
        {video.notes.map((note) => (
          <li key={note.text}>
            <Icon name={note.code === "doubt" ? "search" : "info"} size={17} />
            <div>
              <p class="remark-title">{TITLES[note.code] ?? "Note"}</p>
              <p dir="auto">{note.text}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A scene that shows its fallback: why, and how to try again. */
function Lesser({ scene, id, video, following }: ViewProps & { scene: Scene }) {
  const [busy, setBusy] = useState(false);
  async function redo(): Promise<void> {
    setBusy(true);
    try {
      await request("post", "/v1/videos/{video_id}/scenes/{number}/redo", {
        path: { video_id: id, number: scene.number },
        idempotencyKey: makeKey(),
      });
      announce(`Scene ${scene.number} is being made again.`);
      followAgain(id, following);
    } catch (error) {
      showProblem(error);
    }
    setBusy(false);
  }
  return (
    <li>
      <Icon name="alert" size={17} />
      <div>
        <p class="remark-title">
          Scene {scene.number} shows a simpler picture
        </p>
        <p>{scene.degraded?.detail || scene.degraded?.title}</p>
        {scene.degraded?.remedy && <p>{scene.degraded.remedy}</p>}
        {hasEnded(video) && (
          <p class="remark-actions">
            <Button size="s" icon="redo" busy={busy} onClick={() => void redo()}>
              Draw it again
            </Button>
            <LinkButton size="s" look="quiet" href={`/videos/${id}/making`}>
              What was tried
            </LinkButton>
          </p>
        )}
      </div>
    </li>
  );
}
