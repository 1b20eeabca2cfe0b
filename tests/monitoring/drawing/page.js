const COLOURS = { green: "#73bf69", orange: "#ff9830", red: "#f2495c", blue: "#5794f2", text: "#8e8ea0", yellow: "#fade2a", purple: "#b877d9",
  "light-purple": "#5b3a70", "light-blue": "#2c4a78", "light-green": "#3b6636", "dark-red": "#c4162a", "light-yellow": "#fff899" };
const PALETTE = ["#73bf69", "#fade2a", "#5794f2", "#ff9830", "#f2495c", "#b877d9", "#8ab8ff", "#ffa6b0", "#37872d", "#e0b400", "#96d98d", "#ca95e5"];

function format(value, unit, decimals) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)) return value.slice(0, 19).replace("T", " ");
  if (typeof value !== "number") return String(value);
  const fixed = (number) => number.toFixed(decimals ?? (Math.abs(number) >= 100 ? 0 : Math.abs(number) >= 10 ? 1 : Math.abs(number) >= 0.1 || number === 0 ? 2 : 3)).replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
  if (unit === "percentunit") return fixed(value * 100) + " %";
  if (unit === "percent") return fixed(value) + " %";
  if (unit === "currencyUSD") return "$" + value.toFixed(decimals ?? 2);
  if (unit === "bytes") { let place = 0; while (Math.abs(value) >= 1024 && place < 4) { value /= 1024; place += 1; } return fixed(value) + " " + ["B", "KiB", "MiB", "GiB", "TiB"][place]; }
  if (unit === "s") {
    if (value !== 0 && Math.abs(value) < 1) return (value * 1000).toFixed(Math.abs(value) < 0.01 ? 1 : 0) + " ms";
    if (Math.abs(value) >= 120) return (value / 60).toFixed(1) + " min";
    return fixed(value) + " s";
  }
  if (unit === "reqps") return fixed(value) + " /s";
  if (Math.abs(value) >= 10000) return (value / 1000).toFixed(1) + " K";
  return fixed(value);
}
const colourOf = (panel, value) => {
  if (panel.fixed) return COLOURS[panel.fixed] ?? panel.fixed;
  let found = "green";
  for (const step of panel.steps) if (step.value === null || value >= step.value) found = step.color;
  return COLOURS[found] ?? found;
};
const make = (tag, parent, text, name) => { const made = document.createElement(tag); if (text !== undefined) made.textContent = text; if (name) made.className = name; parent.append(made); return made; };
const lastOf = (series) => series.points.map((point) => point[1]).filter((value) => value !== null).at(-1);

function drawTile(panel, box) {
  if (!panel.series.length) return make("div", box, panel.nothing || "No data", "none");
  const series = panel.series[0], value = lastOf(series);
  const shown = make("div", box, undefined, "value");
  if (panel.named) make("small", shown, series.name);
  const figure = make("span", shown, format(value, panel.unit, panel.decimals));
  figure.style.color = colourOf(panel, value);
  if (panel.type === "gauge" || panel.named) figure.style.fontSize = "28px";
}
function drawBars(panel, box) {
  const most = Math.max(...panel.series.map(lastOf), 1e-9);
  for (const series of [...panel.series].sort((a, b) => lastOf(b) - lastOf(a)).slice(0, 12)) {
    const bar = make("div", box, undefined, "bar"), value = lastOf(series);
    make("span", bar, series.name);
    const fill = make("b", make("div", bar));
    fill.style.width = `${(100 * value) / most}%`; fill.style.background = colourOf(panel, value);
    make("span", bar, format(value, panel.unit, panel.decimals));
  }
}
function drawTable(panel, box) {
  const table = make("table", box), head = make("tr", table);
  for (const column of panel.columns) make("th", head, column.title);
  for (const row of panel.rows) {
    const line = make("tr", table);
    row.forEach((value, place) => {
      const column = panel.columns[place], cell = make("td", line, format(value, column.unit, column.decimals));
      if (column.steps && typeof value === "number") cell.style.color = colourOf(column, value);
    });
  }
}
function drawStack(panel, box) {
  const totals = panel.rows.map((row) => row.slice(1).reduce((sum, value) => sum + (value ?? 0), 0)), most = Math.max(...totals, 1e-9);
  panel.rows.forEach((row, index) => {
    const bar = make("div", box, undefined, "bar thick"); make("span", bar, `${panel.columns[0].title} ${row[0]}`);
    const space = make("div", bar);
    row.slice(1).forEach((value, place) => { const part = make("b", space); part.style.width = `${(100 * (value ?? 0)) / most}%`; part.style.background = COLOURS[panel.columns[place + 1].colour]; });
    make("span", bar, format(totals[index], panel.unit));
  });
  const legend = make("div", box, undefined, "legend");
  for (const column of panel.columns.slice(1)) { const item = make("span", legend); make("i", item).style.background = COLOURS[column.colour]; item.append(column.title); }
}
const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);
function drawLines(panel, box, board) {
  const chart = make("div", box, undefined, "chart"), legend = make("div", box, undefined, "legend");
  const times = [...new Set(panel.series.flatMap((series) => series.points.map((point) => point[0])))].sort((a, b) => a - b);
  let rows = panel.series.map((series) => { const known = new Map(series.points); return times.map((time) => known.get(time) ?? null); });
  const colours = panel.series.map((series, place) => COLOURS[panel.colours[series.name]] ?? PALETTE[place % PALETTE.length]);
  panel.series.forEach((series, place) => { const item = make("span", legend); make("i", item).style.background = colours[place]; item.append(series.name); });
  let order = panel.series.map((_, place) => place);
  if (panel.stacked) {
    for (let place = 1; place < rows.length; place += 1) rows[place] = rows[place].map((value, at) => (value ?? 0) + (rows[place - 1][at] ?? 0));
    order.reverse();
  }
  const line = (place) => ({ stroke: colours[place], width: panel.stacked ? 0 : 1.6, points: { show: false }, spanGaps: true,
    dash: panel.dashed.includes(panel.series[place].name) ? [8, 6] : undefined,
    fill: panel.stacked ? colours[place] : colours[place] + "14", paths: panel.stacked ? uPlot.paths.bars({ size: [0.9, 40] }) : undefined });
  const binary = panel.unit === "bytes" ? { incrs: Array.from({ length: 40 }, (_, power) => 2 ** power) } : {};
  const axis = { stroke: "#9a9aae", grid: { stroke: "#23262c", width: 1 }, ticks: { stroke: "#23262c" }, font: "11px Inter, sans-serif" };
  new uPlot({ width: chart.clientWidth, height: chart.clientHeight, legend: { show: false }, cursor: { show: false },
    scales: { x: { range: [board.since, board.until] }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), (high || 1) * 1.08] } },
    series: [{}, ...order.map(line)],
    axes: [{ ...axis, space: 70, size: 28, values: (_, values) => values.map(clock) }, { ...axis, ...binary, size: 62, values: (_, values) => values.map((value) => format(value, panel.unit)) }],
  }, [times, ...order.map((place) => rows[place])], chart);
}
function drawHeat(panel, box, board) {
  const canvas = make("canvas", box), chart = canvas.getContext("2d"), width = box.clientWidth - 20, high = box.clientHeight - 34, height = high - 18;
  canvas.width = width; canvas.height = high;
  const rows = [...panel.series].filter((series) => series.name !== "+Inf").sort((a, b) => Number(a.name) - Number(b.name));
  const known = rows.map((series) => new Map(series.points)), times = [...new Set(rows.flatMap((series) => series.points.map((point) => point[0])))].sort((a, b) => a - b);
  const cells = rows.map((_, place) => times.map((time) => (known[place].get(time) ?? 0) - (place ? known[place - 1].get(time) ?? 0 : 0)));
  const most = Math.max(...cells.flat(), 1e-9), step = height / rows.length, scale = (width - 60) / (board.until - board.since), column = 5 * scale;
  chart.font = "11px Inter, sans-serif"; chart.fillStyle = "#9a9aae";
  for (let part = 0; part < 4; part += 1) chart.fillText(clock(board.since + ((board.until - board.since) * part) / 4), 60 + ((width - 60) * part) / 4, high - 3);
  chart.font = "10px Inter, sans-serif";
  cells.forEach((values, place) => {
    const y = height - (place + 1) * step; chart.fillStyle = "#9a9aae";
    if (step > 10 || place % 2) chart.fillText(format(Number(rows[place].name), panel.unit), 0, y + step / 2 + 4);
    values.forEach((value, at) => { if (value > 0) { chart.fillStyle = `rgba(255,152,48,${0.2 + 0.8 * Math.sqrt(value / most)})`; chart.fillRect(60 + (times[at] - board.since) * scale, y + 1, column + 0.5, step - 2); } });
  });
}
const DRAW = { stat: drawTile, gauge: drawTile, bargauge: drawBars, table: drawTable, timeseries: drawLines, heatmap: drawHeat, barchart: drawStack };
function write(text, box, board) {
  const words = make("div", box, undefined, "words");
  text.replaceAll("$video", board.video).split("`").forEach((part, place) => make(place % 2 ? "code" : "span", words, part));
}
function draw(board) {
  document.querySelector("h1").textContent = board.title; document.querySelector("p").textContent = board.question;
  const grid = document.getElementById("grid"), cell = 1600 / 24; let bottom = 0, shut = 0;
  for (const panel of board.panels) {
    if (panel.type === "row") shut = panel.folded;
    else if (shut) continue;
    const box = make("div", grid, undefined, panel.type === "row" ? "row" : "panel"), at = panel.at;
    Object.assign(box.style, { left: `${at.x * cell}px`, top: `${at.y * 34}px`, width: `${at.w * cell}px`, height: `${at.h * 34}px` });
    bottom = Math.max(bottom, (at.y + at.h) * 34);
    if (panel.type === "row") { box.textContent = (shut ? "\u203a " : "\u2304 ") + panel.title; if (shut) make("small", box, `  (${panel.folded} panels)`); continue; }
    const inner = make("div", box); make("h2", inner, panel.title);
    if (panel.type === "text") write(panel.content, inner, board);
    else if (panel.type !== "stat" && !(panel.series?.length || panel.rows?.length)) make("div", inner, panel.nothing || "No data", "none");
    else DRAW[panel.type](panel, inner, board);
  }
  grid.style.height = `${bottom + 12}px`;
}
