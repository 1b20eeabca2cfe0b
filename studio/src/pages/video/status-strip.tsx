import { useState } from "preact/hooks";
import type { Problem } from "../../api/problem";
import { Button, LinkButton, Notice, ProblemNotice, Progress } from "../../design";
import { formatCount } from "../../format/numbers";
import { cancelVideo, retryVideo } from "./actions";
import { navigate } from "../../router";
import { hasSent, reopenSent } from "../make/draft";
import { describeStage } from "./making/pipeline";
import { describeRemaining, useTicking } from "./making/remaining";
import type { View } from "./page";
import type { ViewProps } from "./view";

/** What the video is at, on every view of it: how far, how long still, and how to end it; or why it did not end well. */
export function StatusStrip(props: ViewProps & { view: View }) {
  const { video } = props;
  if (video.status === "completed") return null;
  if (video.status === "failed" || video.status === "cancelled") return <Ended {...props} />;
  return <Running {...props} />;
}

function Running({ id, video, following, view }: ViewProps & { view: View }) {
  const [busy, setBusy] = useState(false);
  const review = video.status === "awaiting_approval";
  const doing = describeStage(video.stage, following.state.value.progress.get(0));
  const remaining = useTicking((elapsed) => describeRemaining(video, elapsed), video);
  async function cancel(): Promise<void> {
    setBusy(true);
    await cancelVideo(id, following);
    setBusy(false);
  }
  return (
    <section class="strip" aria-label="Progress">
      <div class="strip-line">
        <p class="strip-doing">
          <strong>{video.status === "queued" ? "In the queue" : doing}</strong>
          {video.scene_count > 0 && !review && (
            <span class="numeric">
              {video.scenes_rendered} of {formatCount(video.scene_count, "scene")} ready
            </span>
          )}
          {remaining && <span class="numeric">{remaining}</span>}
        </p>
        <div class="strip-actions">
          {review && view !== "script" && (
            <LinkButton href={`/videos/${id}/script`} look="primary" size="s">
              Read and approve
            </LinkButton>
          )}
          {view !== "making" && !review && (
            <LinkButton href={`/videos/${id}/making`} size="s" look="quiet">
              See it being made
            </LinkButton>
          )}
          <Button size="s" icon="stop" busy={busy} onClick={() => void cancel()}>
            Cancel
          </Button>
        </div>
      </div>
      <Progress label="The whole video" value={video.progress / 100} />
      {video.waiting && (
        <Notice icon="clock" tone="warn" title={video.waiting.problem.title}>
          <p>{video.waiting.problem.detail}</p>
          <p>It goes on by itself as soon as it can. {video.waiting.problem.remedy}</p>
        </Notice>
      )}
    </section>
  );
}

function Ended({ id, video, following }: ViewProps) {
  const [busy, setBusy] = useState(false);
  async function retry(): Promise<void> {
    setBusy(true);
    await retryVideo(id, following);
    setBusy(false);
  }
  const made = video.scenes_rendered > 0 ? ` ${formatCount(video.scenes_rendered, "scene")} of ${video.scene_count} are kept.` : "";
  if (video.status === "cancelled") {
    return (
      <Notice icon="stop" title="This video was cancelled">
        <p>Nothing more is made or paid for.{made}</p>
        <Button size="s" icon="redo" busy={busy} onClick={() => void retry()}>
          Go on
        </Button>
      </Notice>
    );
  }
  const problem = video.error as Problem | null;
  return (
    <div class="strip-failed">
      {problem && <ProblemNotice problem={{ ...problem, errors: problem.errors ?? [] }} />}
      <p class="strip-retry">
        <Button icon="redo" busy={busy} onClick={() => void retry()}>
          {video.scenes_rendered > 0 ? "Make what is missing" : "Try again"}
        </Button>
        {made && <span>{made}</span>}
        {video.urls.script && <a href={`/videos/${id}/script`}>Change the script</a>}
        {!video.urls.script && (hasSent(id) ? <Correct id={id} topic={Boolean(video.topic)} /> : <a href="/">Make another</a>)}
      </p>
    </div>
  );
}

function Correct({ id, topic }: { id: string; topic: boolean }) {
  return (
    <Button
      onClick={() => {
        reopenSent(id);
        navigate("/");
      }}
    >
      {topic ? "Change the topic" : "Correct the lesson"}
    </Button>
  );
}
