// Tabs that show the same video agree. A stream that has ended says nothing more, so the tab in which a new revision
// begins tells the others; and a tab that is looked at again asks by itself, for what was begun elsewhere.

import type { Following } from "../../events/follow";

const CHANNEL = "lectern.videos";

export function tellOtherTabs(id: string): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(id);
  channel.close();
}

/** Follow a video again when another tab says so, or when this one is looked at after its stream has ended. */
export function listenToOtherTabs(id: string, following: Following): () => void {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  if (channel) channel.onmessage = (event) => event.data === id && following.resume();
  const onVisible = () => {
    if (document.visibilityState === "visible" && following.connection.peek() === "ended") following.resume();
  };
  document.addEventListener("visibilitychange", onVisible);
  return () => {
    channel?.close();
    document.removeEventListener("visibilitychange", onVisible);
  };
}
