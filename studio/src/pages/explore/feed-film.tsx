import { useEffect, useRef, useState } from "preact/hooks";
import { request } from "../../api/client";
import type { Entry } from "./feed";

type FeedFilmProps = {
  entry: Entry | undefined;
  place: number;
  playing: boolean;
  /** Plays or is the next to play: it loads. */
  near: boolean;
  sound: boolean;
  captions: boolean;
  onClick: () => void;
  /** The browser does not let it play, or not with its sound. */
  onRefused: () => void;
  onPlaying: () => void;
};

/** One of three elements that the films share. It lies over its film's place in the column. */
export function FeedFilm({ entry, place, playing, near, sound, captions, onClick, onRefused, onPlaying }: FeedFilmProps) {
  const video = useRef<HTMLVideoElement>(null);
  const bar = useRef<HTMLSpanElement>(null);
  const track = useCaptionTrack(near ? entry : undefined);
  const cue = useCue(video, captions ? track : null);

  // A film of a place that is reached again begins anew.
  useEffect(() => {
    const element = video.current;
    if (element && !playing && element.currentTime > 0) element.currentTime = 0;
  }, [entry?.id]);

  useEffect(() => {
    const element = video.current;
    if (!element) return;
    element.muted = !sound;
    if (!playing || !entry) return element.pause();
    element.play().then(onPlaying, (error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") onRefused();
    });
  }, [playing, sound, entry?.id]);

  const onTimeUpdate = () => {
    const element = video.current;
    if (element && bar.current) bar.current.style.scale = `${element.duration ? element.currentTime / element.duration : 0} 1`;
  };
  return (
    <div class="feed-film" style={{ "--place": place }} hidden={!entry} data-tall={entry?.aspect === "9:16" || undefined}>
      <video
        ref={video}
        src={near && entry?.urls.content ? entry.urls.content : undefined}
        preload={near ? "auto" : "none"}
        playsInline
        loop
        tabIndex={-1}
        aria-label={entry?.title}
        onClick={onClick}
        onTimeUpdate={onTimeUpdate}
      >
        {track && <track key={track} kind="captions" src={track} srclang={entry?.language || undefined} label="Captions" />}
      </video>
      {cue && (
        <p class="feed-cue" lang={entry?.language || undefined} dir="auto" aria-hidden="true">
          <span>{cue}</span>
        </p>
      )}
      <span class="feed-bar" aria-hidden="true">
        <span ref={bar} />
      </span>
    </div>
  );
}

/** The address of a film's captions, once it is known that it has some and does not show them in its picture. */
function useCaptionTrack(entry: Entry | undefined): string | null {
  const [found, setFound] = useState<{ id: string; url: string | null } | null>(null);
  const id = entry?.id;
  useEffect(() => {
    if (!id || found?.id === id) return;
    const stop = new AbortController();
    request("get", "/v1/videos/{video_id}", { path: { video_id: id }, signal: stop.signal }).then(
      ({ data }) => {
        const output = data.outputs.find((each) => each.kind === "captions_vtt");
        setFound({ id, url: output && !data.options.burn_captions ? output.url : null });
      },
      () => {}, // it plays without captions
    );
    return () => stop.abort();
  }, [id]);
  return found && found.id === id ? found.url : null;
}

function useCue(video: { current: HTMLVideoElement | null }, track: string | null): string {
  const [cue, setCue] = useState("");
  useEffect(() => {
    const shown = track === null ? undefined : video.current?.textTracks[0];
    setCue("");
    if (!shown) return;
    shown.mode = "hidden";
    const onChange = () => setCue([...(shown.activeCues ?? [])].map((each) => (each as VTTCue).getCueAsHTML().textContent ?? "").join("\n"));
    shown.addEventListener("cuechange", onChange);
    return () => {
      shown.removeEventListener("cuechange", onChange);
      shown.mode = "disabled";
    };
  }, [track]);
  return cue;
}
