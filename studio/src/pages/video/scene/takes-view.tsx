import { useEffect, useRef, useState } from "preact/hooks";
import { makeKey, request, type Schemas } from "../../../api/client";
import { useLoaded } from "../../../api/load";
import { Badge, Button, EmptyState, ProblemNotice, Segmented, Skeleton, showToast } from "../../../design";
import type { Scene } from "../../../events/fold";
import { formatDuration, formatTimeInFull, formatWhen } from "../../../format/times";
import { followAgain, showProblem } from "../actions";
import { toRatio, type ViewProps } from "../view";
import { followInStep } from "./in-step";

type Take = Schemas["Take"];
const MOST = 100; // takes that are listed; the newest come first

/** The takes of a scene: two of them side by side, playing in step, and the list to choose from. */
export function TakesView({ id, video, scene, following }: ViewProps & { scene: Scene }) {
  const { data, problem, reload } = useLoaded(
    async (signal) => {
      const path = { video_id: id, number: scene.number };
      return (await request("get", "/v1/videos/{video_id}/scenes/{number}/takes", { path, query: { limit: MOST }, signal })).data.data;
    },
    [id, scene.number, scene.takes, scene.take, video.revision],
  );
  const [chosen, setChosen] = useState<number | null>(null);
  const [busy, setBusy] = useState(0);

  async function choose(take: Take): Promise<void> {
    setBusy(take.revision);
    try {
      await request("post", "/v1/videos/{video_id}/scenes/{number}/takes/{revision}/choose", {
        path: { video_id: id, number: scene.number, revision: take.revision },
        idempotencyKey: makeKey(),
      });
      showToast({ text: `The take of revision ${take.revision} is in the film again. Nothing had to be made anew.`, tone: "good" });
      followAgain(id, following);
    } catch (error) {
      showProblem(error);
    } finally {
      setBusy(0);
    }
  }

  if (!data) return problem ? <ProblemNotice problem={problem} onRetry={reload} /> : <Skeleton lines={6} />;
  const first = data.find((take) => take.in_force) ?? data[0];
  if (!first) {
    return (
      <EmptyState icon="film" title="No take yet">
        <p>Each time this scene is made, what comes out is kept here as a take: compare them, and choose the best.</p>
      </EmptyState>
    );
  }
  const others = data.filter((take) => take !== first);
  const second = others.find((take) => take.revision === chosen) ?? others[0];
  return (
    <div class="takes">
      {second ? (
        <SideBySide left={first} right={second} ratio={toRatio(video.options.aspect)} />
      ) : (
        <OneTake take={first} ratio={toRatio(video.options.aspect)} />
      )}
      <ol class="take-list" aria-label="Takes">
        {data.map((take) => (
          <li key={take.revision} class="take" data-shown={take === first || take === second || undefined}>
            <div class="take-head">
              <strong class="numeric">Revision {take.revision}</strong>
              {take.in_force && <Badge tone="good">in the film</Badge>}
              {take.degraded && <Badge tone="warn">simple card</Badge>}
              <span title={formatTimeInFull(take.created_at)}>{formatWhen(take.created_at)}</span>
            </div>
            <p class="take-facts">
              {formatDuration(take.seconds)}, {take.voice ?? "no voice"}, {describeOrigin(take.origin)}
            </p>
            {take.direction && <p class="take-direction">“{take.direction}”</p>}
            {take.text && !isSameText(take, first) && <p class="take-words" dir="auto">{take.text.join(" ")}</p>}
            <div class="details-actions">
              {take !== first && take !== second && (
                <Button size="s" icon="eye" onClick={() => setChosen(take.revision)}>
                  Compare
                </Button>
              )}
              {!take.in_force && (
                <Button size="s" icon="check" busy={busy === take.revision} onClick={() => void choose(take)}>
                  Use this take
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {data.length === 1 && <p class="field-hint">Redo the scene to get another take; this one stays.</p>}
    </div>
  );
}

function OneTake({ take, ratio }: { take: Take; ratio: string }) {
  return (
    <div class="screen" style={{ aspectRatio: ratio }}>
      <video src={take.urls.video} controls playsInline preload="metadata" aria-label="The only take" />
    </div>
  );
}

/** Two takes in step. One is heard; its controls lead, and the other follows. */
function SideBySide({ left, right, ratio }: { left: Take; right: Take; ratio: string }) {
  const [heard, setHeard] = useState<"left" | "right">("left");
  const elements = { left: useRef<HTMLVideoElement>(null), right: useRef<HTMLVideoElement>(null) };
  useEffect(() => {
    const [leader, follower] = heard === "left" ? [elements.left.current, elements.right.current] : [elements.right.current, elements.left.current];
    if (!leader || !follower) return;
    return followInStep(leader, follower);
  }, [heard, left.revision, right.revision]);
  const sides = { left, right };

  /** The other one is heard from here on, at the same moment. */
  function hear(side: "left" | "right"): void {
    const [now, next] = [elements[heard].current, elements[side].current];
    const playing = now && !now.paused && !now.ended;
    setHeard(side);
    if (playing) requestAnimationFrame(() => void next?.play().catch(() => {}));
  }

  return (
    <section class="side-by-side" aria-label="Two takes side by side">
      <div class="sides">
        {(["left", "right"] as const).map((side) => (
          <figure key={`${side}-${sides[side].revision}`}>
            <div class="screen" style={{ aspectRatio: ratio }} data-heard={side === heard || undefined}>
              <video
                ref={elements[side]}
                src={sides[side].urls.video}
                controls={side === heard}
                muted={side !== heard}
                playsInline
                preload="auto"
                aria-label={`Take of revision ${sides[side].revision}`}
              />
            </div>
            <figcaption>
              Revision {sides[side].revision}
              {sides[side].in_force ? ", in the film" : ""}
            </figcaption>
          </figure>
        ))}
      </div>
      <Segmented
        label="Which one is heard"
        value={heard}
        choices={[
          { value: "left", label: `Revision ${left.revision}`, icon: "volume" },
          { value: "right", label: `Revision ${right.revision}`, icon: "volume" },
        ]}
        onChange={hear}
      />
    </section>
  );
}

function describeOrigin(origin: string): string {
  return { author: "own code", template: "Lectern's own drawing", model: "drawn by a model" }[origin] ?? origin;
}

function isSameText(take: Take, other: Take): boolean {
  return take === other || (take.text ?? []).join("\n") === (other.text ?? []).join("\n");
}
