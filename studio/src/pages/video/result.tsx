import { useEffect, useMemo, useState } from "preact/hooks";
import { Button, Notice } from "../../design";
import type { Video } from "../../events/fold";
import { describeFilm, type Film } from "../../player/film";
import { FilmStage } from "../../player/film-stage";
import { createPlayback } from "../../player/playback";
import { Actions } from "./result/actions";
import { FileList } from "./result/files";
import { Remarks } from "./result/remarks";
import { Took } from "./result/took";
import { Versions } from "./result/versions";
import { addVersion, type ViewProps } from "./view";

/** The finished film, what is said in it, its files, and what else can be made of it. */
export default function ResultView(props: ViewProps) {
  const { id, video } = props;
  const newest = readFilm(video);
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
      <FilmStage film={film} playback={playback}>
        <Actions {...props} film={film} />
      </FilmStage>
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

function readFilm(video: Video): Film {
  const stills = video.scenes.flatMap((scene) => (scene.still ? [[scene.number, addVersion(scene.still, scene.take ?? 0)] as const] : []));
  return describeFilm({
    title: video.title || video.topic || "",
    language: video.language,
    seconds: video.seconds ?? 0,
    aspect: video.options.aspect,
    outputs: video.outputs,
    stills: new Map(stills),
  });
}
