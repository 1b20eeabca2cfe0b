// Times as people read them. Seconds in, text out.

/** A position or length on a clock: 79.2 -> "1:19", 3700 -> "1:01:40". */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${hours ? String(minutes).padStart(2, "0") : minutes}:${String(rest).padStart(2, "0")}`;
  return hours ? `${hours}:${tail}` : tail;
}

/** How long something takes: 8 -> "8 s", 95 -> "1 min 35 s", 600 -> "10 min", 7500 -> "2 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${trim(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 600) return join([Math.floor(whole / 60), "min"], [whole % 60, "s"]);
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return join([Math.floor(minutes / 60), "h"], [minutes % 60, "min"]);
}

/** An estimate: 40, 110 -> "40 s to 2 min". Ends that read the same become one. */
export function formatDurationRange(low: number, high: number): string {
  const [from, to] = [formatRough(low), formatRough(high)];
  if (from === to) return `about ${from}`;
  const [fromNumber, fromUnit] = from.split(" ");
  return fromUnit === to.split(" ")[1] ? `${fromNumber} to ${to}` : `${from} to ${to}`;
}

/** Like `formatDuration`, as roughly as an estimate is known. */
export function formatRough(seconds: number): string {
  if (seconds < 55) return `${Math.max(5, Math.round(seconds / 5) * 5)} s`;
  if (seconds < 3300) return `${Math.round(seconds / 60)} min`;
  return `${trim(seconds / 3600)} h`;
}

/** When something was, from now: "just now", "5 min ago", "yesterday", "3 Nov", "3 Nov 2025". */
export function formatWhen(time: string, now: Date = new Date()): string {
  const then = new Date(time);
  const seconds = (now.getTime() - then.getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  const days = Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000);
  if (days === 0) return `${Math.round(seconds / 3600)} h ago`;
  if (days === 1) return "yesterday";
  if (days < 7) return `${days} days ago`;
  const year = then.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString("en-GB", { day: "numeric", month: "short", year });
}

/** A time in full, for a tooltip: "Sunday 22 November 2026, 14:05". */
export function formatTimeInFull(time: string): string {
  return new Date(time).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "short" });
}

function startOfDay(time: Date): number {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

function join(...parts: readonly (readonly [number, string])[]): string {
  return parts.filter(([value], index) => value > 0 || index === 0).map(([value, unit]) => `${value} ${unit}`).join(" ");
}

function trim(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}
