// How long a video still takes, and how many are before it, in words.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Video } from "../../../events/fold";
import { formatDurationRange } from "../../../format/times";

/** One line, `elapsed` seconds after the video's state arrived; "" where nothing is known. */
export function describeRemaining(video: Video, elapsed = 0): string {
  const { eta, queue } = video;
  const parts: string[] = [];
  if (queue && queue.ahead > 0) parts.push(`${queue.ahead} before this one`);
  if (eta) parts.push(formatLeft(eta.low - elapsed, eta.high - elapsed));
  return parts.join(", ");
}

function formatLeft(low: number, high: number): string {
  if (high < 3) return "any moment now";
  return `${formatDurationRange(Math.max(1, low), high)} left`;
}

const TICK_MS = 5000;

/** A line that is worded anew every few seconds, by the time since `source` changed. Our clock alone is asked: the
 *  server's may differ. */
export function useTicking(describe: (elapsed: number) => string, source: unknown): string {
  const arrived = useRef({ source, at: performance.now() });
  if (arrived.current.source !== source) arrived.current = { source, at: performance.now() };
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return describe((performance.now() - arrived.current.at) / 1000);
}
