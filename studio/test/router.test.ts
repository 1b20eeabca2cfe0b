import assert from "node:assert/strict";
import { test } from "node:test";
import { matchRoute, type Route } from "../src/router";

const load = async () => ({ default: () => null });
const ROUTES: Route[] = ["/", "/library", "/videos/:id/*", "/s/:token"].map((path) => ({ path, load }));
const match = (path: string) => {
  const found = matchRoute(ROUTES, path);
  return found && [found.route.path, found.params];
};

test("a path finds its page and parameters", () => {
  assert.deepEqual(match("/"), ["/", {}]);
  assert.deepEqual(match("/library/"), ["/library", {}]);
  assert.deepEqual(match("/videos/01-a"), ["/videos/:id/*", { id: "01-a", rest: "" }]);
  assert.deepEqual(match("/videos/x/edit/2"), ["/videos/:id/*", { id: "x", rest: "edit/2" }]);
  assert.deepEqual(match("/s/a%20b"), ["/s/:token", { token: "a b" }]);
});

test("a path that no page has, and broken escapes, find nothing and break nothing", () => {
  assert.equal(match("/nowhere"), null);
  assert.equal(match("/library/more"), null);
  assert.deepEqual(match("/s/%E0%A4%A"), ["/s/:token", { token: "%E0%A4%A" }]);
});
