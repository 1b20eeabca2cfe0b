import { useEffect, useState } from "preact/hooks";
import { requestJson } from "../../api/client";
import { Icon } from "../../design";
import { formatMoneyRange } from "../../format/numbers";
import { formatDurationRange } from "../../format/times";
import { draft, hasSource, makeRequest } from "./draft";

type Range = { low: number; high: number };
type Figures = { cost_usd: Range; seconds: Range; done_in_seconds: Range | null; basis: readonly string[] };

const PAUSE_MS = 700; // of typing, before it is asked

/** Length, waiting time and cost before anything is spent; silent where they are not known. */
export function Estimate() {
  const [figures, setFigures] = useState<Figures | null>(null);
  const body = hasSource(draft.value) ? JSON.stringify(makeRequest(draft.value)) : "";
  useEffect(() => {
    if (!body) {
      setFigures(null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      requestJson<Figures>("post", "/v1/videos/estimate", { body: JSON.parse(body), signal: stop.signal }).then(
        (found) => setFigures(found),
        () => !stop.signal.aborted && setFigures(null), // what is wrong with it is said when it is sent
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [body]);
  return (
    <p class="estimate numeric" aria-live="polite">
      {figures && (
        <>
          <span title={["Length of the film.", ...figures.basis].join(" ")}>
            <Icon name="film" size={15} />
            <span class="visually-hidden">length </span>
            {formatDurationRange(figures.seconds.low, figures.seconds.high)}
          </span>
          {figures.done_in_seconds && (
            <span title="Until it is finished">
              <Icon name="clock" size={15} />
              <span class="visually-hidden">finished in </span>
              {formatDurationRange(figures.done_in_seconds.low, figures.done_in_seconds.high)}
            </span>
          )}
          <span title="What models and voices will cost">
            <Icon name="coin" size={15} />
            <span class="visually-hidden">cost </span>
            {formatMoneyRange(figures.cost_usd.low, figures.cost_usd.high)}
          </span>
        </>
      )}
    </p>
  );
}
