import type { ComponentChildren } from "preact";

/** A surface that holds one thing. */
export function Card({ children, class: name = "", as: Tag = "section" }: { children: ComponentChildren; class?: string; as?: "section" | "article" | "div" | "li" }) {
  return <Tag class={`card ${name}`}>{children}</Tag>;
}

export type Tone = "plain" | "accent" | "good" | "warn" | "bad";

/** A word or two about a state. The word says it, the colour only repeats it. */
export function Badge({ tone = "plain", live = false, children }: { tone?: Tone; live?: boolean; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`} data-live={live || undefined}>
      {children}
    </span>
  );
}
