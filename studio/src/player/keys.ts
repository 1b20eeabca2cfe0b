// The keys of the player, as in the players that people know.

export type Command =
  | { do: "toggle" | "mute" | "captions" | "fullscreen" | "help" }
  | { do: "skip" | "rate" | "volume" | "chapter"; by: number }
  /** A part of the whole, 0 to 1. */
  | { do: "jump"; to: number };

export const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["Space or K", "Play and pause"],
  ["← →", "Back and on by 5 seconds"],
  ["J L", "Back and on by 10 seconds"],
  ["↑ ↓", "Louder and quieter"],
  ["P N", "Previous and next chapter"],
  ["0 … 9", "Jump to a tenth of the film"],
  ["< >", "Slower and faster"],
  ["C", "Captions"],
  ["F", "Full screen"],
  ["M", "Sound on and off"],
  ["?", "These keys"],
];

const COMMANDS: Readonly<Record<string, Command>> = {
  " ": { do: "toggle" },
  k: { do: "toggle" },
  j: { do: "skip", by: -10 },
  l: { do: "skip", by: 10 },
  arrowleft: { do: "skip", by: -5 },
  arrowright: { do: "skip", by: 5 },
  arrowup: { do: "volume", by: 0.1 },
  arrowdown: { do: "volume", by: -0.1 },
  p: { do: "chapter", by: -1 },
  n: { do: "chapter", by: 1 },
  "<": { do: "rate", by: -1 },
  ">": { do: "rate", by: 1 },
  c: { do: "captions" },
  f: { do: "fullscreen" },
  m: { do: "mute" },
  "?": { do: "help" },
  home: { do: "jump", to: 0 },
  end: { do: "jump", to: 1 },
};

type Pressed = { key: string; ctrlKey: boolean; metaKey: boolean; altKey: boolean };

/** What a key asks of the player; null for keys that are not its own, such as the browser's. */
export function readCommand({ key, ctrlKey, metaKey, altKey }: Pressed): Command | null {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[0-9]$/.test(key)) return { do: "jump", to: Number(key) / 10 };
  return COMMANDS[key.toLowerCase()] ?? null;
}

/** True for commands that would take the page's own keys away: scrolling, and the ends of the page. */
export function movesPage(key: string): boolean {
  return ["ArrowUp", "ArrowDown", "Home", "End"].includes(key);
}

/** True where a key belongs to the control that has the focus, not to the player. */
export function belongsToControl(target: Element | null, key: string): boolean {
  if (!target) return false;
  if (target.closest("textarea, select, [contenteditable=true], [role=menu], [role=tablist], dialog")) return true;
  const input = target.closest("input");
  if (input) return input.type !== "range" || (input.dataset.own !== undefined && key.startsWith("Arrow"));
  return (key === " " || key === "Enter") && target.closest("button, a, summary") !== null;
}
