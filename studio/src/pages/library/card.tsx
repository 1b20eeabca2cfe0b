import { useState } from "preact/hooks";
import { request } from "../../api/client";
import { toProblem } from "../../api/problem";
import { Badge, Confirm, Icon, Menu, type MenuItem, Progress, showToast, type Tone } from "../../design";
import { formatClock, formatTimeInFull, formatWhen } from "../../format/times";
import { navigate } from "../../router";
import { duplicate } from "./duplicate";
import { isMoving, type Summary } from "./videos";

const STAGES: Readonly<Record<string, string>> = {
  scripting: "Writing the script",
  review: "Waiting for you",
  voicing: "Speaking",
  coding: "Drawing up scenes",
  rendering: "Rendering",
  composing: "Putting it together",
};

/** What a status is called, and how it looks. */
export function describeStatus(video: Summary): { label: string; tone: Tone; live: boolean } {
  switch (video.status) {
    case "queued":
      return { label: "In line", tone: "plain", live: false };
    case "in_progress":
      return { label: (video.stage && STAGES[video.stage]) || "Being made", tone: "accent", live: true };
    case "awaiting_approval":
      return { label: "Read and approve", tone: "warn", live: false };
    case "completed":
      return video.scenes_degraded ? { label: "Finished, simplified", tone: "warn", live: false } : { label: "Finished", tone: "good", live: false };
    case "failed":
      return { label: "Failed", tone: "bad", live: false };
    default:
      return { label: "Cancelled", tone: "plain", live: false };
  }
}

type CardProps = { video: Summary; onRemove: () => void; onChange: () => void };

export function VideoCard({ video, onRemove, onChange }: CardProps) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const status = describeStatus(video);
  const title = video.title || video.topic || "Untitled";

  async function remove(): Promise<void> {
    setBusy(true);
    try {
      await request("delete", "/v1/videos/{video_id}", { path: { video_id: video.id } });
      onRemove();
      showToast({ text: `“${title}” was deleted.`, tone: "good" });
    } catch (error) {
      const problem = toProblem(error);
      showToast({ text: `${problem.title}. ${problem.remedy}`, tone: "bad" });
    }
    setBusy(false);
    setAsking(false);
  }

  async function cancel(): Promise<void> {
    try {
      await request("post", "/v1/videos/{video_id}/cancel", { path: { video_id: video.id }, body: { reason: "" } });
      onChange();
    } catch (error) {
      showToast({ text: toProblem(error).title, tone: "bad" });
    }
  }

  const items: MenuItem[] = [
    { label: "Open", icon: video.status === "completed" ? "play" : "eye", onSelect: () => navigate(`/videos/${video.id}`) },
    { label: "Duplicate", icon: "copy", onSelect: () => void duplicate(video.id) },
  ];
  if (video.urls.content) items.push({ label: "Download", icon: "download", href: `${video.urls.content}?download=1`, download: true });
  if (isMoving(video)) items.push({ label: "Cancel", icon: "stop", onSelect: () => void cancel() });
  items.push({ label: "Delete", icon: "trash", danger: true, onSelect: () => setAsking(true) });

  return (
    <li class="video-card">
      <a class="video-picture" href={`/videos/${video.id}`} tabIndex={-1} aria-hidden="true">
        <Picture video={video} />
        {video.seconds !== null && <span class="video-length numeric">{formatClock(video.seconds)}</span>}
      </a>
      <div class="video-text">
        <h2>
          <a href={`/videos/${video.id}`} dir="auto" lang={video.language || undefined}>
            {title}
          </a>
        </h2>
        <p class="video-facts">
          <Badge tone={status.tone} live={status.live}>
            {status.label}
          </Badge>
          <time dateTime={video.created_at} title={formatTimeInFull(video.created_at)}>
            {formatWhen(video.created_at)}
          </time>
        </p>
        <Menu label={`Actions for ${title}`} items={items} />
      </div>
      {isMoving(video) && video.status !== "awaiting_approval" && <Progress label={`Progress of ${title}`} value={video.progress / 100} />}
      <Confirm open={asking} title="Delete this video?" action="Delete video" danger busy={busy} onConfirm={() => void remove()} onClose={() => setAsking(false)}>
        <p>
          “{title}” is deleted with its script, its files and its history, and its links stop working. This cannot be undone.
        </p>
      </Confirm>
    </li>
  );
}

function Picture({ video }: { video: Summary }) {
  const [broken, setBroken] = useState(false);
  if (video.thumbnail && !broken) {
    return <img src={video.thumbnail} alt="" loading="lazy" decoding="async" data-aspect={video.aspect} onError={() => setBroken(true)} />;
  }
  const icon = video.status === "failed" ? "alert" : video.status === "awaiting_approval" ? "file" : video.status === "cancelled" ? "stop" : "film";
  return (
    <span class="video-blank">
      <Icon name={icon} size={28} />
      {video.scene_count > 0 && isMoving(video) && (
        <span class="numeric">
          {video.scenes_rendered} of {video.scene_count} scenes
        </span>
      )}
    </span>
  );
}
