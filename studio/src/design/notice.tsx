import type { ComponentChildren } from "preact";
import type { Problem } from "../api/problem";
import { Button } from "./button";
import { Icon, type IconName } from "./icon";

/** A problem: what happened, what to do about it, and a way to try again. `except` are fields that show their own. */
export function ProblemNotice({ problem, onRetry, except = [] }: { problem: Problem; onRetry?: () => void; except?: readonly string[] }) {
  const shown = new Set(except);
  const errors = problem.errors.filter((each) => !shown.has(each.pointer));
  const detail = problem.errors.length ? "" : problem.detail;
  return (
    <div class="notice notice-bad" role="alert">
      <Icon name="alert" />
      <div>
        <p class="notice-title">{problem.title}</p>
        {detail && (
          <p>
            <Marked text={detail} />
          </p>
        )}
        {errors.length > 0 && (
          <ul>
            {errors.map((each) => (
              <li key={each.pointer + each.detail}>
                <Marked text={describe(each.pointer, each.detail)} />
              </li>
            ))}
          </ul>
        )}
        {problem.remedy && (
          <p>
            <Marked text={problem.remedy} />
          </p>
        )}
        {onRetry && (
          <Button size="s" icon="redo" onClick={onRetry}>
            Try again
          </Button>
        )}
      </div>
    </div>
  );
}

function describe(pointer: string, detail: string): string {
  return pointer.startsWith("line ") ? `${pointer[0]?.toUpperCase()}${pointer.slice(1)}: ${detail}` : detail;
}

/** A problem's text: what it has between backticks is code. */
export function Marked({ text }: { text: string }) {
  return <>{text.split(/`([^`]+)`/).map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}</>;
}

type NoticeProps = { tone?: "plain" | "good" | "warn" | "bad"; icon?: IconName; title?: string; children: ComponentChildren };

export function Notice({ tone = "plain", icon, title, children }: NoticeProps) {
  const shown = icon ?? { plain: "info" as const, good: "check" as const, warn: "alert" as const, bad: "alert" as const }[tone];
  return (
    <div class={`notice notice-${tone}`}>
      <Icon name={shown} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** What a place is for that has nothing in it yet, and how to begin. */
export function EmptyState({ icon, title, children, actions }: { icon: IconName; title: string; children: ComponentChildren; actions?: ComponentChildren }) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={24} />
      </span>
      <h2>{title}</h2>
      <div class="empty-text">{children}</div>
      {actions && <div class="empty-actions">{actions}</div>}
    </div>
  );
}
