// Short messages that come and go, and what is only spoken. Both live in one polite live region.

import { signal } from "@preact/signals";
import { IconButton } from "./button";
import { Icon, type IconName } from "./icon";

export type Toast = {
  text: string;
  tone?: "plain" | "good" | "bad";
  /** Something to do about it, such as undoing. The message stays until it is used, dismissed, or 10 s have passed. */
  action?: { label: string; run: () => void };
};
type Shown = Toast & { id: number; timer: ReturnType<typeof setTimeout> };

const SHOWN_MS = 5000;
const SHOWN_WITH_ACTION_MS = 10_000;
const MOST = 3;

const toasts = signal<readonly Shown[]>([]);
const spoken = signal("");
let last = 0;

export function showToast(toast: Toast): void {
  const id = ++last;
  const timer = setTimeout(() => dismiss(id), toast.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
  toasts.value = [...toasts.value, { ...toast, id, timer }].slice(-MOST);
}

/** Say something to a screen reader without showing it. Keep it to milestones. */
export function announce(text: string): void {
  spoken.value = spoken.value === text ? `${text}\u00a0` : text; // the same text twice is said twice
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

const ICONS: Record<NonNullable<Toast["tone"]>, IconName> = { plain: "info", good: "check", bad: "alert" };

export function ToastRegion() {
  return (
    <>
      <div class="toasts" role="status" aria-live="polite">
        {toasts.value.map((toast) => (
          <div key={toast.id} class={`toast toast-${toast.tone ?? "plain"}`}>
            <Icon name={ICONS[toast.tone ?? "plain"]} />
            <p>{toast.text}</p>
            {toast.action && (
              <button
                type="button"
                class="toast-action"
                onClick={() => {
                  clearTimeout(toast.timer);
                  dismiss(toast.id);
                  toast.action?.run();
                }}
              >
                {toast.action.label}
              </button>
            )}
            <IconButton icon="x" label="Dismiss" size="s" onClick={() => dismiss(toast.id)} />
          </div>
        ))}
      </div>
      <div class="visually-hidden" role="status" aria-live="polite">
        {spoken.value}
      </div>
    </>
  );
}
