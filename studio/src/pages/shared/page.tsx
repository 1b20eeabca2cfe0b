import { useMemo } from "preact/hooks";
import { request, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/load";
import type { Problem } from "../../api/problem";
import { EmptyState, LinkButton, Mark, PageHeading, ProblemNotice, Skeleton } from "../../design";
import { formatBytes } from "../../format/numbers";
import { formatDuration, formatTimeInFull } from "../../format/times";
import { describeFilm } from "../../player/film";
import { FilmStage } from "../../player/film-stage";
import { createPlayback } from "../../player/playback";
import type { PageProps } from "../../router";

type Shared = Schemas["SharedVideo"];

/** A film that somebody has shared, for whoever has the link: nothing here needs an account. */
export default function SharedPage({ params }: PageProps) {
  const token = params.token ?? "";
  const { data, problem, reload } = useLoaded(
    async (signal) => (await request("get", "/v1/shared/{token}", { path: { token }, signal })).data,
    [token],
  );
  return (
    <div class="page shared">
      {data ? <SharedFilm shared={data} /> : problem ? <NoFilm problem={problem} onRetry={reload} /> : <Waiting />}
      <footer class="shared-foot">
        <Mark size={20} />
        <span>Made with Lectern</span>
        {data && <span class="shared-until">This link works until {formatTimeInFull(data.expires_at)}</span>}
      </footer>
    </div>
  );
}

function SharedFilm({ shared }: { shared: Shared }) {
  const playback = useMemo(() => createPlayback({ duration: shared.seconds }), [shared]);
  const film = useMemo(() => describeFilm(shared), [shared]);
  const output = shared.outputs.find((each) => each.kind === "video");
  return (
    <>
      <header class="shared-head">
        <PageHeading title={film.title}>
          <span dir="auto" lang={film.language || undefined}>
            {film.title}
          </span>
        </PageHeading>
        <p class="numeric">{formatDuration(shared.seconds)}</p>
        {output && (
          <LinkButton size="s" icon="download" href={`${output.url}&download=1`} download>
            Download, {formatBytes(output.bytes)}
          </LinkButton>
        )}
      </header>
      <FilmStage film={film} playback={playback} />
    </>
  );
}

function Waiting() {
  return (
    <div aria-busy="true">
      <PageHeading hidden>A shared film</PageHeading>
      <Skeleton lines={1} height="20rem" />
    </div>
  );
}

function NoFilm({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  if (problem.status === 410) {
    return (
      <>
        <PageHeading hidden>This link has ended</PageHeading>
        <EmptyState icon="clock" title="This link has ended">
          <p>Links to films work for some time, or until whoever shared them ends them.</p>
          <p>Ask the person who sent it to you for a new one.</p>
        </EmptyState>
      </>
    );
  }
  if (problem.status === 404) {
    return (
      <>
        <PageHeading hidden>This link leads nowhere</PageHeading>
        <EmptyState icon="link" title="This link leads nowhere">
          <p>Perhaps a part of it was lost on the way. Copy the whole address, or ask the person who sent it to send it again.</p>
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeading hidden>The film could not be loaded</PageHeading>
      <ProblemNotice problem={problem} onRetry={onRetry} />
    </>
  );
}
