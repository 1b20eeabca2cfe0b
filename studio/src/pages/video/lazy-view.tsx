import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Problem, toProblem } from "../../api/problem";
import { ProblemNotice, Skeleton } from "../../design";

type Loading<P> = { load: () => Promise<{ default: ComponentType<P> }>; props: P };

/** A view whose code is loaded when it is first shown. */
export function LazyView<P extends object>({ load, props }: Loading<P>) {
  const [view, setView] = useState<{ View: ComponentType<P> } | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (module) => current && setView({ View: module.default }),
      (error: unknown) => current && setProblem(toProblem(error)),
    );
    return () => {
      current = false;
    };
  }, [load, round]);
  if (view) return <view.View {...props} />;
  if (problem) return <ProblemNotice problem={problem} onRetry={() => (setProblem(null), setRound(round + 1))} />;
  return (
    <div class="view-loading" aria-busy="true">
      <Skeleton lines={4} />
    </div>
  );
}
