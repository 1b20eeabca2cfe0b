import type { Video } from "../../../events/fold";
import { formatCount, formatMoney } from "../../../format/numbers";
import { formatDuration } from "../../../format/times";
import { type Bar, describeWork, type Lane, listLanes } from "./lanes";

/** How long making the film took, stage by stage, and what it cost. */
export function Took({ video }: { video: Video }) {
  const { lanes, seconds } = listLanes(video);
  const spent = video.usage.items.filter((item) => item.cost_usd > 0 || item.characters > 0 || item.output > 0 || item.cpu_seconds > 0);
  if (lanes.length === 0 && spent.length === 0) return null;
  return (
    <section class="film-part" aria-labelledby="film-took">
      <header>
        <h2 id="film-took">How it was made</h2>
      </header>
      <dl class="took-facts">
        {video.timings.first_scene_seconds !== null && video.timings.first_scene_seconds !== undefined && (
          <div>
            <dt>First scene after</dt>
            <dd class="numeric">{formatDuration(video.timings.first_scene_seconds)}</dd>
          </div>
        )}
        {video.timings.completed_seconds !== null && video.timings.completed_seconds !== undefined && (
          <div>
            <dt>Finished after</dt>
            <dd class="numeric">{formatDuration(video.timings.completed_seconds)}</dd>
          </div>
        )}
        <div>
          <dt>Cost</dt>
          <dd class="numeric">{formatMoney(video.usage.cost_usd)}</dd>
        </div>
      </dl>
      {lanes.length > 0 && seconds > 0 && <Chart lanes={lanes} seconds={seconds} />}
      {spent.length > 0 && (
        <table class="took-costs">
          <caption class="visually-hidden">What was used</caption>
          <thead>
            <tr>
              <th scope="col">Used</th>
              <th scope="col">How much</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {spent.map((item) => (
              <tr key={`${item.kind}-${item.name}-${item.task}`}>
                <th scope="row">
                  {item.name}
                  {item.task && <span> {item.task}</span>}
                </th>
                <td class="numeric">{describeAmount(item)}</td>
                <td class="numeric">{formatMoney(item.cost_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function describeAmount(item: Video["usage"]["items"][number]): string {
  if (item.kind === "model") return formatCount(item.input + item.output, "token");
  if (item.kind === "voice") return formatCount(item.characters, "character");
  return `${formatDuration(item.cpu_seconds)} of computing`;
}

const ROW = 26;
const LABEL = 84;
const WIDTH = 480;

/** One row for the script, each scene and the joining; pale where work waited for a free worker. */
function Chart({ lanes, seconds }: { lanes: readonly Lane[]; seconds: number }) {
  const height = lanes.length * ROW + 22;
  const scale = (WIDTH - LABEL - 4) / seconds;
  const ticks = chooseTicks(seconds);
  return (
    <>
      <svg class="took-chart" viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label="When each stage waited and worked; the table below has the figures">
        {ticks.map((tick) => (
          <g key={tick} class="took-tick">
            <line x1={LABEL + tick * scale} x2={LABEL + tick * scale} y1={0} y2={height - 18} />
            <text x={LABEL + tick * scale} y={height - 4} text-anchor={tick === 0 ? "start" : "middle"}>
              {formatDuration(tick)}
            </text>
          </g>
        ))}
        {lanes.map((lane, row) => (
          <g key={lane.name}>
            <text class="took-name" x={0} y={row * ROW + 17}>
              {lane.name}
            </text>
            {lane.bars.map((bar) => (
              <BarShape key={bar.stage} bar={bar} y={row * ROW + 6} scale={scale} />
            ))}
          </g>
        ))}
      </svg>
      <p class="took-legend" aria-hidden="true">
        {(["scripting", "voicing", "coding", "rendering", "composing"] as const).map((stage) => (
          <span key={stage}>
            <i data-stage={stage} />
            {NAMES[stage]}
          </span>
        ))}
        <span>
          <i data-stage="wait" />
          Waiting
        </span>
      </p>
      <details class="took-table">
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Part</th>
              <th scope="col">Stage</th>
              <th scope="col">Waited</th>
              <th scope="col">Worked</th>
            </tr>
          </thead>
          <tbody>
            {lanes.flatMap((lane) =>
              lane.bars.map((bar) => (
                <tr key={`${lane.name}-${bar.stage}`}>
                  <th scope="row">{lane.name}</th>
                  <td>{NAMES[bar.stage]}</td>
                  <td class="numeric">{formatDuration(bar.began - bar.queued)}</td>
                  <td class="numeric">{describeWork(bar)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </details>
    </>
  );
}

const NAMES = { scripting: "Script", voicing: "Voice", coding: "Code", rendering: "Render", composing: "Join" } as const;

function BarShape({ bar, y, scale }: { bar: Bar; y: number; scale: number }) {
  const at = (seconds: number) => LABEL + seconds * scale;
  return (
    <g>
      <title>{`${NAMES[bar.stage]}: ${describeWork(bar)}`}</title>
      {bar.began > bar.queued && <rect class="took-bar" data-stage="wait" x={at(bar.queued)} y={y + 5} width={(bar.began - bar.queued) * scale} height={4} />}
      <rect class="took-bar" data-stage={bar.stage} x={at(bar.began)} y={y} width={Math.max(2, (bar.ended - bar.began) * scale)} height={14} rx={3} />
    </g>
  );
}

function chooseTicks(seconds: number): number[] {
  const step = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600].find((each) => seconds / each <= 5) ?? 7200;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
}
