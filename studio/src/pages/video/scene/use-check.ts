import { useEffect, useRef, useState } from "preact/hooks";
import { type Problem, toProblem } from "../../../api/problem";
import type { CheckedCode } from "./code-api";

export type Check = {
  result: CheckedCode | null;
  /** The source that `result` is about. */
  of: string;
  busy: boolean;
  problem: Problem | null;
  run: () => void;
};

const PAUSE_MS = 900; // of typing, before the code is checked

/** Check code in the pauses of typing, and on request. An answer about an older text is dropped. */
export function useCheck(source: string, wanted: boolean, check: (source: string, signal: AbortSignal) => Promise<CheckedCode>): Check {
  const [state, setState] = useState<Omit<Check, "run">>({ result: null, of: "", busy: false, problem: null });
  const running = useRef<AbortController | null>(null);

  function run(): void {
    running.current?.abort();
    const stop = new AbortController();
    running.current = stop;
    setState((before) => ({ ...before, busy: true, problem: null }));
    check(source, stop.signal).then(
      (result) => !stop.signal.aborted && setState({ result, of: source, busy: false, problem: null }),
      (error: unknown) => !stop.signal.aborted && setState((before) => ({ ...before, busy: false, problem: toProblem(error) })),
    );
  }

  useEffect(() => {
    running.current?.abort();
    setState((before) => (before.busy ? { ...before, busy: false } : before));
    if (!wanted || !source.trim()) return;
    const timer = setTimeout(run, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [source, wanted]);
  useEffect(() => () => running.current?.abort(), []);
  return { ...state, run };
}
