import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { focusHeading } from "../router";

/** The title of the window, and with it of the entry in the history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Lectern` : "Lectern";
  }, [title]);
}

type HeadingProps = { children: ComponentChildren; title?: string; hidden?: boolean; class?: string };

/** The page's one h1. After a navigation it takes the focus, so that a screen reader reads the new page's name.
 *  `title` is the window's, where it differs from the heading's text. */
export function PageHeading({ children, title, hidden = false, class: name = "" }: HeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(title ?? (typeof children === "string" ? children : ""));
  useEffect(() => {
    if (heading.current) focusHeading(heading.current);
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1} class={`${hidden ? "visually-hidden" : ""} ${name}`}>
      {children}
    </h1>
  );
}

/** The usual page: a column with a heading, what may be done beside it, and the content. */
export function Page({ heading, lead, actions, children }: { heading: string; lead?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }) {
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <PageHeading>{heading}</PageHeading>
          {lead && <p class="page-lead">{lead}</p>}
        </div>
        {actions && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
