import { useEffect, useRef, useState } from "preact/hooks";
import { type Problem, toProblem } from "../../api/problem";
import { EmptyState, LinkButton, PageHeading, ProblemNotice, Spinner } from "../../design";
import { extendFeed, type Feed, needsMore, NOTHING_YET } from "./feed";
import { FeedView } from "./feed-view";

/** Finished films one after the other, by swipe, wheel and keys. */
export default function ExplorePage() {
  const { feed, problem, load } = useFeed();
  const [at, setAt] = useState(0);
  useEffect(() => {
    if (needsMore(feed, at)) load();
  }, [feed, at]);
  if (feed.entries.length > 0) {
    return (
      <>
        <PageHeading hidden>Explore</PageHeading>
        <FeedView entries={feed.entries} complete={feed.complete} at={at} onMove={setAt} />
      </>
    );
  }
  if (problem) {
    return (
      <div class="page">
        <PageHeading>Explore</PageHeading>
        <ProblemNotice problem={problem} onRetry={load} />
      </div>
    );
  }
  if (!feed.complete) {
    return (
      <div class="explore-wait" aria-busy="true">
        <PageHeading hidden>Explore</PageHeading>
        <Spinner label="Loading" />
      </div>
    );
  }
  return <NoFilms />;
}

function NoFilms() {
  return (
    <div class="page">
      <PageHeading hidden>Explore</PageHeading>
      <EmptyState
        icon="compass"
        title="Your films play here, one after the other"
        actions={
          <>
            <LinkButton href="/" look="primary">
              Make a video
            </LinkButton>
            <LinkButton href="/library">Open the library</LinkButton>
          </>
        }
      >
        <p>As soon as one is finished, it is here. Swipe or scroll for the next. Tall films fill a phone's screen.</p>
      </EmptyState>
    </div>
  );
}

function useFeed() {
  const [feed, setFeed] = useState<Feed>(NOTHING_YET);
  const [problem, setProblem] = useState<Problem | null>(null);
  const asking = useRef<AbortController | null>(null);
  useEffect(() => () => asking.current?.abort(), []);

  function load(): void {
    if (asking.current) return;
    const stop = new AbortController();
    asking.current = stop;
    setProblem(null);
    extendFeed(feed, stop.signal)
      .then(
        (found) => !stop.signal.aborted && setFeed(found),
        (error: unknown) => !stop.signal.aborted && setProblem(toProblem(error)),
      )
      .finally(() => {
        asking.current = null;
      });
  }
  return { feed, problem, load };
}
