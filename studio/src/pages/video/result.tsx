import { useEffect, useMemo, useState } from "preact/hooks";
import { useLoaded } from "../../api/load";
import { Button, Notice, Skeleton, Tabs } from "../../design";
import { ChapterList } from "../../player/chapter-list";
import { createPlayback } from "../../player/playback";
import { Player } from "../../player/player";
import { type Chapter, loadTranscript } from "../../player/transcript";
import { TranscriptView } from "../../player/transcript-view";
import { Actions } from "./result/actions";
import { describeFilm, type Film } from "./result/film";
import { FileList } from "./result/files";
import { Remarks } from "./result/remarks";
import { Took } from "./result/took";
import { Versions } from "./result/versions";
import type { ViewProps } from "./view";

/** The finished film, what is said in it, its files, and what else can be made of it. */
export default function ResultView(props: ViewProps) {
  const { id, video } = props;
  const newest = describeFilm(video);
  const [film, setFilm] = useState(newest);
  const playback = useMemo(() => createPlayback({ duration: newest.seconds, captions: !video.options.burn_captions }), [id]);
  const isNewer = newest.version !== film.version;
  // Nobody's film changes under their eyes: one that has begun is replaced when they say so.
  useEffect(() => {
    if (isNewer && !playback.started.peek()) setFilm(newest);
  }, [isNewer]);
  return (
    <>
      {isNewer && playback.started.value && (
        <Notice tone="good" icon="film" title="A newer version of this film is ready">
          <Button size="s" onClick={() => setFilm(newest)}>
            Show it
          </Button>
        </Notice>
      )}
      <FilmStage {...props} film={film} playback={playback} />
      <div class="film-below">
        <div>
          <Remarks {...props} />
          <FileList id={id} video={video} version={newest.version} />
        </div>
        <div>
          <Versions id={id} video={video} />
          <Took video={video} />
        </div>
      </div>
    </>
  );
}

const NO_CHAPTERS: readonly Chapter[] = [];

function FilmStage({ film, playback, ...props }: ViewProps & { film: Film; playback: ReturnType<typeof createPlayback> }) {
  const [tab, setTab] = useState<"transcript" | "chapters">("transcript");
  const { data, problem, reload } = useLoaded((signal) => loadTranscript(film.files, signal), [film.version]);
  const chapters = data?.chapters ?? NO_CHAPTERS;
  const transcript = () =>
    data ? (
      <TranscriptView transcript={data} playback={playback} language={film.language} />
    ) : problem ? (
      <div class="film-side-wait">
        <p>The transcript could not be read.</p>
        <Button size="s" icon="redo" onClick={reload}>
          Try again
        </Button>
      </div>
    ) : (
      <div class="film-side-wait" aria-busy="true">
        <Skeleton lines={6} />
      </div>
    );
  return (
    <div class="film" data-tall={film.tall || undefined}>
      <div class="film-main">
        <Player
          key={film.version}
          playback={playback}
          src={film.src}
          poster={film.poster}
          title={film.title}
          language={film.language}
          captions={film.files.captions_vtt}
          chapters={chapters}
          stills={film.stills}
          ratio={film.ratio}
        />
        <Actions {...props} film={film} />
      </div>
      <div class="film-side card">
        <Tabs
          label="Beside the film"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: "transcript", label: "Transcript", panel: transcript },
            { value: "chapters", label: "Chapters", panel: () => <ChapterList chapters={chapters} stills={film.stills} playback={playback} /> },
          ]}
        />
      </div>
    </div>
  );
}
