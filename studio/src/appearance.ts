// Runs before the first paint, so that nobody who chose a theme sees the other one flash up.
import { applyAppearance, readAppearance } from "./design/appearance-choice";

applyAppearance(readAppearance());
