import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Button, EmptyState, Icon, LinkButton, Page, ProblemNotice, Segmented } from "../../design";
import { formatCount } from "../../format/numbers";
import { query, replaceQuery } from "../../router";
import { VideoCard } from "./card";
import { type Filter, isMoving, type Library, openLibrary, type Show, STATUSES } from "./videos";

const TYPING_MS = 250; // after the last letter, before it is searched for
const REFRESH_MS = 4000; // while something is being made and the page is in view

export default function LibraryPage() {
  const shown = query.value.get("show") ?? "all";
  const filter: Filter = { q: query.value.get("q") ?? "", show: shown in STATUSES ? (shown as Show) : "all" };
  const library = useMemo(() => openLibrary(filter), [filter.q, filter.show]);
  useEffect(() => {
    void library.more();
    return library.close;
  }, [library]);
  useRefresh(library);

  return (
    <Page
      heading="Library"
      actions={
        <LinkButton href="/" look="primary" icon="plus">
          New video
        </LinkButton>
      }
    >
      <Filters filter={filter} />
      <Videos library={library} filter={filter} />
    </Page>
  );
}

function Filters({ filter }: { filter: Filter }) {
  const [words, setWords] = useState(filter.q);
  useEffect(() => {
    const timer = setTimeout(() => words !== filter.q && replaceQuery({ q: words }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [words, filter.q]);
  return (
    <search class="library-filters">
      <label class="library-search">
        <span class="visually-hidden">Search titles and topics</span>
        <Icon name="search" />
        <input
          class="input"
          type="search"
          value={words}
          placeholder="Search titles and topics"
          maxlength={200}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </label>
      <Segmented
        label="Show"
        hideLabel
        value={filter.show}
        onChange={(show) => replaceQuery({ show: show === "all" ? null : show })}
        choices={[
          { value: "all", label: "All" },
          { value: "making", label: "In the making" },
          { value: "waiting", label: "For you" },
          { value: "finished", label: "Finished" },
          { value: "failed", label: "Failed" },
        ]}
      />
    </search>
  );
}

function Videos({ library, filter }: { library: Library; filter: Filter }) {
  const { videos, cursor, loading, begun, problem } = library.list.value;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!end.current || !cursor) return;
    const watcher = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && void library.more(), { rootMargin: "600px" });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [library, cursor]);

  if (begun && !videos.length && !problem) return <NoVideos filter={filter} />;
  return (
    <>
      <p class="visually-hidden" role="status">
        {begun && !loading ? `${formatCount(videos.length, "video")}${cursor ? " so far" : ""}` : ""}
      </p>
      <ul class="library-grid" aria-busy={loading || !begun}>
        {videos.map((video) => (
          <VideoCard key={video.id} video={video} onRemove={() => library.remove(video.id)} onChange={() => void library.refresh()} />
        ))}
        {!begun && !problem && Array.from({ length: 6 }, (_, index) => <li key={index} class="video-card video-waits" aria-hidden="true" />)}
      </ul>
      {problem && <ProblemNotice problem={problem} onRetry={() => void library.more()} />}
      <div ref={end} class="library-end">
        {cursor && !problem && (
          <Button busy={loading} onClick={() => void library.more()}>
            Show more
          </Button>
        )}
      </div>
    </>
  );
}

function NoVideos({ filter }: { filter: Filter }) {
  if (filter.q || filter.show !== "all") {
    return (
      <EmptyState icon="search" title="Nothing fits" actions={<LinkButton href="/library">Show everything</LinkButton>}>
        <p>{filter.q ? `No title or topic has the words “${filter.q}”.` : "No video is in this state now."}</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon="film"
      title="Your videos will be here"
      actions={
        <LinkButton href="/" look="primary">
          Make the first one
        </LinkButton>
      }
    >
      <p>Ask a question on the first page and press “Make video”. It takes a minute or two, and you can watch each scene as soon as it is drawn.</p>
      <p>Finished videos can be searched, shared, dubbed into other languages, and changed sentence by sentence.</p>
    </EmptyState>
  );
}

/** Ask again while something is being made and somebody looks. */
function useRefresh(library: Library): void {
  useEffect(() => {
    const ask = () => {
      const moving = library.list.peek().videos.some(isMoving);
      if (moving && document.visibilityState === "visible") void library.refresh();
    };
    const timer = setInterval(ask, REFRESH_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [library]);
}
