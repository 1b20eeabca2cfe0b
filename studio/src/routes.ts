// The pages. Each is loaded when it is first shown; the gateway serves the same paths (its routes/studio.py).

import type { Route } from "./router";

export const ROUTES: readonly Route[] = [
  { path: "/", load: () => import("./pages/make/page") },
  { path: "/library", load: () => import("./pages/library/page") },
  { path: "/explore", load: () => import("./pages/explore/page") },
  { path: "/settings", load: () => import("./pages/settings/page") },
  { path: "/videos/:id/*", load: () => import("./pages/video/page") },
  { path: "/s/:token", load: () => import("./pages/shared/page"), bare: true },
];
