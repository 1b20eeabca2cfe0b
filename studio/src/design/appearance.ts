// The appearance as a signal, for the controls that show and change it.

import { signal } from "@preact/signals";
import { type Appearance, applyAppearance, readAppearance, storeAppearance } from "./appearance-choice";

export type { Appearance };

/** What the user chose. Change it with `chooseAppearance`. */
export const appearance = signal<Appearance>(readAppearance());

export function chooseAppearance(choice: Appearance): void {
  appearance.value = choice;
  storeAppearance(choice);
  applyAppearance(choice);
}
