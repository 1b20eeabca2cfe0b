import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useLoaded } from "../api/load";
import { Button, Skeleton, Tabs } from "../design";
import { ChapterList } from "./chapter-list";
import type { Film } from "./film";
import type { Playback } from "./playback";
import { Player } from "./player";
import { type Chapter, loadTranscript } from "./transcript";
import { TranscriptView } from "./transcript-view";

const NO_CHAPTERS: readonly Chapter[] = [];

/** A film with its transcript and chapters beside it; `children` lie below the film. */
export function FilmStage({ film, playback, children }: { film: Film; playback: Playback; children?: ComponentChildren }) {
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
        {children}
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
