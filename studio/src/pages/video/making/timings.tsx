import type { Schemas } from "../../../api/client";
import type { Scene } from "../../../events/fold";
import { formatDuration } from "../../../format/times";

const STAGES = [
  ["voicing", "Voice"],
  ["coding", "Code"],
  ["rendering", "Render"],
] as const;

/** How long each stage of a scene waited and worked, and who speaks it. */
export function Timings({ scene }: { scene: Scene }) {
  const shown = STAGES.flatMap(([name, label]) => {
    const timing = scene.timings?.[name];
    return timing && typeof timing.worked_seconds === "number" ? [{ label, timing }] : [];
  });
  if (shown.length === 0 && !scene.voice) return null;
  return (
    <dl class="timings">
      {scene.voice && (
        <div>
          <dt>Spoken by</dt>
          <dd>{scene.voice}</dd>
        </div>
      )}
      {shown.map(({ label, timing }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd class="numeric">{describeTiming(timing)}</dd>
        </div>
      ))}
    </dl>
  );
}

function describeTiming(timing: Schemas["StageTiming"]): string {
  const worked = timing.cached ? "reused" : formatDuration(timing.worked_seconds ?? 0);
  const waited = timing.waited_seconds ?? 0;
  const tries = timing.attempts > 1 ? `, ${timing.attempts} attempts` : "";
  return `${worked}${tries}${waited >= 1 ? `, after waiting ${formatDuration(waited)}` : ""}`;
}
