// Money, sizes and counts as people read them.

/** Dollars: 0 -> "free", 0.004 -> "under 1¢", 0.034 -> "3¢", 1.5 -> "$1.50". */
export function formatMoney(dollars: number): string {
  if (dollars <= 0) return "free";
  if (dollars < 0.01) return "under 1¢";
  if (dollars < 0.995) return `${Math.round(dollars * 100)}¢`;
  return `$${dollars.toFixed(2)}`;
}

/** An estimate of dollars: 0.02, 0.08 -> "2¢ to 8¢". */
export function formatMoneyRange(low: number, high: number): string {
  const [from, to] = [formatMoney(low), formatMoney(high)];
  if (from === to) return from;
  return low <= 0 ? `up to ${to}` : `${from} to ${to}`;
}

/** Bytes: 900 -> "900 B", 1_500_000 -> "1.5 MB". */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${units[unit]}`;
}

/** 1, "scene" -> "1 scene"; 2, "scene" -> "2 scenes". */
export function formatCount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? noun : plural}`;
}
