// Loading what a page shows: data, or a problem, or neither yet.

import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Problem, toProblem } from "./problem";

export type Loaded<T> = {
  data: T | null;
  problem: Problem | null;
  loading: boolean;
  reload: () => void;
};

/** Load when the component appears and whenever `keys` change. What an earlier call still brings is dropped. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; problem: Problem | null; loading: boolean }>({
    data: null,
    problem: null,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true, problem: null }));
    latest.current(stop.signal).then(
      (data) => !stop.signal.aborted && setState({ data, problem: null, loading: false }),
      (error: unknown) =>
        !stop.signal.aborted && setState((before) => ({ ...before, problem: toProblem(error), loading: false })),
    );
    return () => stop.abort();
  }, [...keys, round]);
  const reload = useCallback(() => setRound((value) => value + 1), []);
  return { ...state, reload };
}
