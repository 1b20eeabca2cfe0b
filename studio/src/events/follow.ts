// A video's event stream as signals. It resumes where it was cut, and says when it is cut.
//
//   const following = followVideo(id);      // following.state.value.video, following.connection.value
//   useEffect(() => following.close, []);

import { type ReadonlySignal, signal } from "@preact/signals";
import { request } from "../api/client";
import { type Problem, toProblem } from "../api/problem";
import { applyEvent, EVENT_NAMES, type Followed, NOTHING } from "./fold";

/** `ended`: the video has its outcome and nothing more will come. `refused`: `problem` says why. */
export type Connection = "connecting" | "live" | "reconnecting" | "ended" | "refused";

export type StreamEvent = { name: string; data: Record<string, unknown> };

export type Following = {
  state: ReadonlySignal<Followed>;
  connection: ReadonlySignal<Connection>;
  problem: ReadonlySignal<Problem | null>;
  /** Hear each event as it arrives, for what is told once: announcements. Returns how to stop. */
  listen: (listener: (event: StreamEvent) => void) => () => void;
  /** Follow again, after an edit, redo or retry has begun a new revision. */
  resume: () => void;
  close: () => void;
};

const FIRST_DELAY = 1000; // milliseconds; doubled for each attempt that fails
const LONGEST_DELAY = 30_000;
const ENDED = new Set(["completed", "failed", "cancelled"]);

export function followVideo(id: string): Following {
  const state = signal<Followed>(NOTHING);
  const connection = signal<Connection>("connecting");
  const problem = signal<Problem | null>(null);
  const listeners = new Set<(event: StreamEvent) => void>();
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;

  function open(): void {
    if (closed) return;
    const after = state.peek().seq >= 0 ? `?after=${state.peek().seq}` : "";
    source = new EventSource(`/v1/videos/${encodeURIComponent(id)}/events${after}`, { withCredentials: true });
    source.onopen = () => {
      failures = 0;
      problem.value = null;
      connection.value = "live";
    };
    source.onerror = onError;
    for (const name of EVENT_NAMES) source.addEventListener(name, (event) => hear(name, event.data));
  }

  function hear(name: string, text: string): void {
    let data: unknown;
    try {
      data = JSON.parse(text);
    } catch {
      return; // cut in the middle; the reconnection brings it again
    }
    const before = name === "video.snapshot" && (data as { resync?: boolean }).resync ? NOTHING : state.peek();
    state.value = applyEvent(before, name, data);
    for (const listener of listeners) listener({ name, data: data as Record<string, unknown> });
  }

  /** The browser reconnects by itself after a cut; after any answer but 200 it gives up, and it is for us to find out why. */
  function onError(): void {
    if (closed) return;
    if (source?.readyState !== EventSource.CLOSED) {
      connection.value = hasEnded() ? "ended" : "reconnecting";
      if (hasEnded()) source?.close();
      return;
    }
    void findReason();
  }

  async function findReason(): Promise<void> {
    try {
      const { data } = await request("get", "/v1/videos/{video_id}", { path: { video_id: id } });
      if (closed) return;
      if (ENDED.has(data.status)) {
        if (!state.peek().video) state.value = { ...state.peek(), video: data };
        connection.value = "ended";
        return;
      }
      connection.value = "reconnecting";
    } catch (error) {
      if (closed) return;
      const found = toProblem(error);
      if (!found.retryable && found.status !== null && found.status < 500) {
        problem.value = found;
        connection.value = "refused";
        return;
      }
      connection.value = "reconnecting";
    }
    failures += 1;
    timer = setTimeout(open, Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (failures - 1)));
  }

  function hasEnded(): boolean {
    return ENDED.has(state.peek().video?.status ?? "");
  }

  function resume(): void {
    clearTimeout(timer);
    source?.close();
    connection.value = "connecting";
    open();
  }

  open();
  return {
    state,
    connection,
    problem,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    resume,
    close: () => {
      closed = true;
      clearTimeout(timer);
      source?.close();
      listeners.clear();
    },
  };
}
