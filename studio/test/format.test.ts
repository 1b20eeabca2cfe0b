import assert from "node:assert/strict";
import { test } from "node:test";
import { formatBytes, formatCount, formatMoney, formatMoneyRange } from "../src/format/numbers";
import { formatClock, formatDuration, formatDurationRange, formatWhen } from "../src/format/times";

test("a position reads as on a player", () => {
  assert.deepEqual([0, 9.9, 79.2, 600, 3700].map(formatClock), ["0:00", "0:09", "1:19", "10:00", "1:01:40"]);
});

test("a duration has two units at most", () => {
  assert.deepEqual([0.42, 8, 59.7, 95, 120, 600, 3590, 7500].map(formatDuration), [
    "0.4 s", "8 s", "1 min", "1 min 35 s", "2 min", "10 min", "1 h", "2 h 5 min",
  ]);
});

test("an estimate is a range, unless both ends read the same", () => {
  assert.equal(formatDurationRange(40, 110), "40 s to 2 min");
  assert.equal(formatDurationRange(60, 170), "1 to 3 min");
  assert.equal(formatDurationRange(58, 62), "about 1 min");
});

test("what was made lately is told from now, the rest by its date", () => {
  const now = new Date(2026, 10, 22, 14, 0);
  const before = (seconds: number) => formatWhen(new Date(now.getTime() - seconds * 1000).toISOString(), now);
  assert.deepEqual([5, 300, 7200, 86_400, 3 * 86_400].map(before), [
    "just now", "5 min ago", "2 h ago", "yesterday", "3 days ago",
  ]);
  assert.equal(formatWhen(new Date(2025, 10, 3).toISOString(), now), "3 Nov 2025");
});

test("small sums read as cents, and nothing reads as free", () => {
  assert.deepEqual([0, 0.004, 0.034, 0.994, 0.996, 1.5].map(formatMoney), ["free", "under 1¢", "3¢", "99¢", "$1.00", "$1.50"]);
  assert.equal(formatMoneyRange(0, 0.08), "up to 8¢");
  assert.equal(formatMoneyRange(0.02, 0.08), "2¢ to 8¢");
});

test("sizes and counts are short", () => {
  assert.deepEqual([900, 1_500_000, 20_000_000].map(formatBytes), ["900 B", "1.5 MB", "20 MB"]);
  assert.deepEqual([formatCount(1, "scene"), formatCount(2, "scene")], ["1 scene", "2 scenes"]);
});
