// Light, dark, or as the system says: kept in this browser.

import { readStored, writeStored } from "../storage";

export type Appearance = "system" | "light" | "dark";
const KEY = "appearance";

export function readAppearance(): Appearance {
  const stored = readStored(KEY);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function storeAppearance(choice: Appearance): void {
  writeStored(KEY, choice);
}

export function applyAppearance(choice: Appearance): void {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}
