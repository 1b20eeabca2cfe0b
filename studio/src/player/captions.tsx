// Captions as our own text over the picture, above the controls: the browser's own lie under them. Where only the
// browser can show the film (full screen on some phones), it shows its own.

import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Playback } from "./playback";

export function useCues(video: RefObject<HTMLVideoElement | null>, playback: Playback, captions: string | undefined): readonly string[] {
  const [cues, setCues] = useState<readonly string[]>([]);
  const shown = playback.captions.value && captions !== undefined;
  useEffect(() => {
    const element = video.current;
    const track = element?.textTracks[0];
    if (!element || !track) return setCues([]);
    track.mode = shown ? "hidden" : "disabled";
    if (!shown) return setCues([]);
    const onChange = () => setCues([...(track.activeCues ?? [])].map(readCue));
    const enter = () => (track.mode = "showing");
    const leave = () => (track.mode = "hidden");
    track.addEventListener("cuechange", onChange);
    element.addEventListener("webkitbeginfullscreen", enter);
    element.addEventListener("webkitendfullscreen", leave);
    return () => {
      track.removeEventListener("cuechange", onChange);
      element.removeEventListener("webkitbeginfullscreen", enter);
      element.removeEventListener("webkitendfullscreen", leave);
    };
  }, [shown, captions]);
  return cues;
}

/** A cue's text without its marks for single words. */
function readCue(cue: TextTrackCue): string {
  return (cue as VTTCue).getCueAsHTML().textContent ?? "";
}

export function CaptionLine({ cues, language }: { cues: readonly string[]; language: string }) {
  if (cues.length === 0) return null;
  return (
    <div class="player-captions" lang={language || undefined} aria-hidden="true">
      {cues.map((text) => (
        <p key={text} dir="auto">
          <span>{text}</span>
        </p>
      ))}
    </div>
  );
}
