// Filling the screen, also on phones that only let a <video> do so.

import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };

export function canFill(): boolean {
  return document.fullscreenEnabled || "webkitEnterFullscreen" in HTMLVideoElement.prototype;
}

export function toggleFullscreen(frame: HTMLElement | null, video: HTMLVideoElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {});
  else if (document.fullscreenEnabled && frame) void frame.requestFullscreen().catch(() => {});
  else (video as PhoneVideo | null)?.webkitEnterFullscreen?.();
}

export function useFullscreen(frame: RefObject<HTMLElement | null>): boolean {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const onChange = () => setFull(document.fullscreenElement !== null && document.fullscreenElement === frame.current);
    document.addEventListener("fullscreenchange", onChange);
    return () => document.removeEventListener("fullscreenchange", onChange);
  }, [frame]);
  return full;
}
