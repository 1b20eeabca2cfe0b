// Real URLs: each page has one, links are links, and back and forward work.

import { computed, signal } from "@preact/signals";
import type { ComponentType } from "preact";

export type Params = Readonly<Record<string, string>>;
export type PageProps = { params: Params };
export type PageModule = { default: ComponentType<PageProps> };
/** `bare`: shown without the bar, to people who have no account. */
export type Route = { path: string; load: () => Promise<PageModule>; bare?: boolean };
export type Match = { route: Route; params: Params };

type Place = { path: string; search: string };

const place = signal<Place>({ path: "/", search: "" });

export const path = computed(() => place.value.path);
export const query = computed(() => new URLSearchParams(place.value.search));

/** True from a navigation until the new page's heading has taken the focus. */
let awaitsFocus = false;

/** The first route whose path fits, with its parameters; null for none. `:name` stands for one segment, `*` for the rest. */
export function matchRoute(routes: readonly Route[], path: string): Match | null {
  const given = splitPath(path);
  for (const route of routes) {
    const params = matchSegments(splitPath(route.path), given);
    if (params) return { route, params };
  }
  return null;
}

function splitPath(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function matchSegments(pattern: string[], given: string[]): Params | null {
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    if (segment === "*") return { ...params, rest: given.slice(index).join("/") };
    const value = given[index];
    if (value === undefined) return null;
    if (segment.startsWith(":")) params[segment.slice(1)] = decode(value);
    else if (segment !== value) return null;
  }
  return pattern.length === given.length ? params : null;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Go to a page of the studio. */
export function navigate(url: string, { replace = false }: { replace?: boolean } = {}): void {
  const target = new URL(url, location.href);
  const samePage = target.pathname === place.peek().path;
  history[replace ? "replaceState" : "pushState"](null, "", target);
  if (samePage) {
    place.value = { path: target.pathname, search: target.search };
    return;
  }
  awaitsFocus = true;
  show({ path: target.pathname, search: target.search }, () => scrollTo(0, 0));
}

/** Change the query of this page's URL without a new entry in the history: filters, tabs. */
export function replaceQuery(changes: Readonly<Record<string, string | null>>): void {
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, value);
  }
  const search = params.toString();
  navigate(location.pathname + (search ? `?${search}` : ""), { replace: true });
}

let focused: HTMLElement | null = null;

/** The new page's heading takes the focus, once after each navigation; and once more where it stands in for a heading
 *  that had it and is gone, as when a page has loaded. */
export function focusHeading(heading: HTMLElement): void {
  const standsIn = focused !== null && !focused.isConnected && document.activeElement === document.body;
  focused = awaitsFocus || standsIn ? heading : null;
  awaitsFocus = false;
  focused?.focus({ preventScroll: true });
}

/** Listen to links and to the history. `isPage` says which paths the studio shows itself. */
export function startRouter(isPage: (path: string) => boolean): void {
  place.value = { path: location.pathname, search: location.search };
  addEventListener("popstate", () => {
    awaitsFocus = location.pathname !== place.peek().path;
    show({ path: location.pathname, search: location.search });
  });
  document.addEventListener("click", (event) => {
    const link = findLink(event);
    if (!link || !isPage(link.pathname)) return;
    event.preventDefault();
    navigate(link.href);
  });
}

function findLink(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
  if (!link || link.origin !== location.origin || link.hasAttribute("download")) return null;
  if (link.target && link.target !== "_self") return null;
  if (link.hash && link.pathname === location.pathname && link.search === location.search) return null;
  return link;
}

function show(next: Place, afterwards: () => void = () => {}): void {
  const change = () => {
    place.value = next;
    afterwards();
  };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (calm || !document.startViewTransition) change();
  else document.startViewTransition(change);
}
