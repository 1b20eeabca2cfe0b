import { Badge, Icon } from "../../../design";
import type { Scene } from "../../../events/fold";
import { formatCount } from "../../../format/numbers";
import { describeStrategy } from "./pipeline";

/** The versions of a scene's code that a model wrote: what was tried, what the check said, and at which line. */
export function Attempts({ attempts }: { attempts: Scene["attempts"] }) {
  if (attempts.length === 0) return null;
  const passed = attempts.some((attempt) => !attempt.rule);
  return (
    <details class="attempts" open={!passed}>
      <summary>
        <span>{formatCount(attempts.length, "version")} of its code</span>
        <span class="attempts-dots" aria-hidden="true">
          {attempts.map((attempt) => (
            <span key={attempt.number} data-passed={!attempt.rule || undefined} />
          ))}
        </span>
      </summary>
      <ol>
        {attempts.map((attempt) => (
          <li key={attempt.number}>
            <span class="attempts-mark" data-passed={!attempt.rule || undefined}>
              <Icon name={attempt.rule ? "x" : "check"} size={14} />
            </span>
            <div>
              <p>
                <strong>{describeStrategy(attempt.strategy)}</strong> {attempt.line ? <Badge>line {attempt.line}</Badge> : null}
              </p>
              <p class="attempts-finding">{attempt.rule ? attempt.finding || attempt.rule : "It passed the check."}</p>
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}
