import { render } from "preact";
import { App } from "./app";
import { matchRoute, startRouter } from "./router";
import { ROUTES } from "./routes";

const root = document.getElementById("studio");
if (root) {
  startRouter((path) => matchRoute(ROUTES, path) !== null);
  render(<App />, root);
}
