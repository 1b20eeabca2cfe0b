import { useEffect, useState } from "preact/hooks";
import { announce, Badge, EmptyState, LinkButton, PageHeading, ProblemNotice, Skeleton, type Tone } from "../../design";
import type { Video } from "../../events/fold";
import { type Connection, type Following, followVideo } from "../../events/follow";
import { formatMoney } from "../../format/numbers";
import { formatTimeInFull, formatWhen } from "../../format/times";
import type { PageProps } from "../../router";
import { LazyView } from "./lazy-view";
import { describeMilestone } from "./making/milestones";
import { listenToOtherTabs } from "./other-tabs";
import { StatusStrip } from "./status-strip";
import type { ViewProps } from "./view";

/** One video: its film, how it is made, its script, and each of its scenes. */
export default function VideoPage({ params }: PageProps) {
  return <FollowedVideo key={params.id} id={params.id ?? ""} rest={params.rest ?? ""} />;
}

function FollowedVideo({ id, rest }: { id: string; rest: string }) {
  const following = useFollowing(id);
  if (!following) return null;
  const { video } = following.state.value;
  const problem = following.problem.value;
  if (video) return <ShownVideo id={id} video={video} following={following} rest={rest} />;
  if (problem?.status === 404 || problem?.status === 410) return <NoSuchVideo />;
  return (
    <div class="page" aria-busy={!problem}>
      <PageHeading hidden>Video</PageHeading>
      {problem ? <ProblemNotice problem={problem} onRetry={following.resume} /> : <Skeleton lines={5} />}
    </div>
  );
}

/** The video's stream, for as long as its page is open. A screen reader hears its milestones. */
function useFollowing(id: string): Following | null {
  const [following, setFollowing] = useState<Following | null>(null);
  useEffect(() => {
    const opened = followVideo(id);
    const stopHearing = opened.listen((event) => {
      const milestone = describeMilestone(event);
      if (milestone) announce(milestone);
    });
    const stopListening = listenToOtherTabs(id, opened);
    setFollowing(opened);
    return () => {
      stopHearing();
      stopListening();
      opened.close();
    };
  }, [id]);
  return following;
}

const STATUS: Readonly<Record<Video["status"], { label: string; tone: Tone; live?: boolean }>> = {
  queued: { label: "Queued", tone: "plain" },
  in_progress: { label: "Being made", tone: "accent", live: true },
  awaiting_approval: { label: "Waits for you", tone: "warn" },
  completed: { label: "Ready", tone: "good" },
  failed: { label: "Failed", tone: "bad" },
  cancelled: { label: "Cancelled", tone: "plain" },
};

function ShownVideo(props: ViewProps) {
  const { id, video, following, rest } = props;
  const status = STATUS[video.status];
  const title = video.title || video.topic || "New video";
  const view = chooseView(rest, video);
  return (
    <div class="page video-page" data-view={view}>
      <header class="video-head">
        <div class="video-name">
          <PageHeading title={title}>
            <span lang={video.language || undefined} dir="auto">
              {title}
            </span>
          </PageHeading>
          <p class="video-facts">
            <Badge tone={status.tone} live={status.live}>
              {status.label}
            </Badge>
            <ConnectionBadge connection={following.connection.value} />
            <span title={formatTimeInFull(video.created_at)}>{formatWhen(video.created_at)}</span>
            <span>
              {video.options.aspect}, {video.options.quality}
            </span>
            {video.usage.cost_usd > 0 && <span title="What models and voices have cost so far">{formatMoney(video.usage.cost_usd)}</span>}
            {video.revision > 1 && <span>Revision {video.revision}</span>}
          </p>
        </div>
        {(video.urls.content || video.urls.script) && (
          <nav class="video-views" aria-label="This video">
            {video.urls.content && (
              <a href={`/videos/${id}`} aria-current={view === "film" ? "page" : undefined}>
                Film
              </a>
            )}
            <a href={video.urls.content ? `/videos/${id}/making` : `/videos/${id}`} aria-current={view === "making" ? "page" : undefined}>
              Making
            </a>
            {video.urls.script && (
              <a href={`/videos/${id}/script`} aria-current={view === "script" ? "page" : undefined}>
                Script
              </a>
            )}
          </nav>
        )}
      </header>
      <StatusStrip {...props} view={view} />
      <LazyView key={view} load={VIEWS[view]} props={props} />
    </div>
  );
}

const VIEWS = {
  film: () => import("./result"),
  making: () => import("./making/making"),
  script: () => import("./script/script-view"),
  scene: () => import("./scene/scene-view"),
};
export type View = keyof typeof VIEWS;

/** The film once there is one; until then the making of it. */
function chooseView(rest: string, video: Video): View {
  if (rest === "script" && video.urls.script) return "script";
  if (rest === "making") return "making";
  if (rest.startsWith("scenes/")) return "scene";
  return video.urls.content ? "film" : "making";
}

function ConnectionBadge({ connection }: { connection: Connection }) {
  if (connection !== "reconnecting") return null;
  return <Badge tone="warn">Reconnecting</Badge>;
}

function NoSuchVideo() {
  return (
    <div class="page">
      <PageHeading hidden>Video not found</PageHeading>
      <EmptyState
        icon="film"
        title="There is no such video"
        actions={
          <>
            <LinkButton href="/library" look="primary">
              Open the library
            </LinkButton>
            <LinkButton href="/">Make a video</LinkButton>
          </>
        }
      >
        <p>It was deleted, its address is mistyped, or it belongs to somebody else.</p>
      </EmptyState>
    </div>
  );
}
