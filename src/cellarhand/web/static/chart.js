// The large chart: observed solid, expected dashed, the fan at 50/80/95 %. Under its time axis lie when it will be done,
// and what was said before: each earlier answer with its 80 % interval, from the hour at which it was given.
(() => {
  const box = document.getElementById("chart"), readout = document.getElementById("readout");
  if (!box || !window.uPlot) return;
  const AXIS = 38, HEAD = 18, ROW = 17;
  let plot = null, data = null, kept = null, born = null;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const family = () => getComputedStyle(document.body).fontFamily;
  const inSg = () => data.unit.gravity === "SG";
  const gravity = (v) => (v == null ? "–" : inSg() ? v.toFixed(3) : v.toFixed(1) + " °P");
  const local = (t) => uPlot.tzDate(new Date(t * 1e3), data.zone);
  const stamp = uPlot.fmtDate("{WWW} {D} {MMM} {HH}:{mm}");

  function aligned(d) {
    const x = [...new Set([...d.seen.at, ...d.fan.at])].sort((a, b) => a - b);
    const place = new Map(x.map((t, i) => [t, i]));
    const lay = (at, values) => {
      const out = new Array(x.length).fill(null);
      at.forEach((t, i) => { out[place.get(t)] = values[i]; });
      return out;
    };
    return [x, lay(d.seen.at, d.seen.level), lay(d.seen.at, d.seen.cell), lay(d.fan.at, d.fan.bands[3]),
      ...[0, 6, 1, 5, 2, 4].map((k) => lay(d.fan.at, d.fan.bands[k])), lay(d.seen.at, d.seen.temp)];
  }

  function gravityRange(u, low, high) { // axes stay where they are when data arrive, and only ever grow
    const pad = inSg() ? 0.002 : 0.5, now = [low - pad, high + pad];
    kept = kept ? [Math.min(kept[0], now[0]), Math.max(kept[1], now[1])] : now;
    return kept;
  }

  function temperatureRange(u, low, high) {
    const zero = data.unit.temp === "°F" ? 32 : 0, warm = data.unit.temp === "°F" ? 77 : 25;
    return [Math.min(low ?? zero, zero), zero + (Math.max(high ?? warm, warm) - zero) * 1.4];
  }

  function pen(u) { // drawing in CSS pixels, whatever the screen's density
    const { ctx } = u, ratio = devicePixelRatio || 1;
    const b = { left: u.bbox.left / ratio, top: u.bbox.top / ratio, width: u.bbox.width / ratio, height: u.bbox.height / ratio };
    const x = (t) => u.valToPos(t, "x") + b.left, y = (v, scale) => u.valToPos(v, scale) + b.top;
    const line = (points, dash = []) => {
      ctx.setLineDash(dash);
      ctx.beginPath();
      points.forEach(([px, py], i) => (i ? ctx.lineTo(px, py) : ctx.moveTo(px, py)));
      ctx.stroke();
      ctx.setLineDash([]);
    };
    const within = (what, px, py, width, height) => {
      ctx.save(); ctx.beginPath(); ctx.rect(px, py, width, height); ctx.clip(); what(); ctx.restore();
    };
    return { ctx, b, x, y, line, within, right: b.left + b.width, floor: b.top + b.height };
  }

  function drawMarks({ ctx, b, x, line, right, floor }) {
    ctx.strokeStyle = ctx.fillStyle = css("--quiet");
    const mark = (t, word, row) => {
      const px = x(t), wide = ctx.measureText(word).width;
      if (px < b.left - 1 || px > right + 1) return;
      line([[px, b.top], [px, floor]], [3, 3]);
      ctx.fillText(word, px + 5 + wide > right ? px - wide - 5 : px + 5, b.top + 12 + 15 * row);
    };
    mark(data.now, data.seen.at.length ? "last reading" : "now", 0);
    data.events.filter((e) => e.kind !== "sample").forEach((e, i) => mark(e.at, e.kind, 1 + (i % 3)));
  }

  function drawAside({ ctx, b, x, y, line, floor }) { // set aside, not hidden; what lies outside stands at the edge
    ctx.strokeStyle = css("--quiet");
    ctx.globalAlpha = 0.7;
    for (const a of data.aside) {
      const px = x(a.at), py = Math.min(Math.max(y(a.level, "g"), b.top + 4), floor - 4), r = 3;
      line([[px - r, py - r], [px + r, py + r]]);
      line([[px + r, py - r], [px - r, py + r]]);
    }
    ctx.globalAlpha = 1;
  }

  function drawBefore({ ctx, x, y, line }) {
    ctx.strokeStyle = css("--beer");
    ctx.globalAlpha = 0.45;
    for (const one of data.said) line(one.path.map(([t, g]) => [x(t), y(g, "g")]), [1.5, 3]);
    ctx.globalAlpha = 1;
  }

  function drawBell({ ctx, b, x, line, right, floor }) {
    const base = floor + AXIS + bell(), most = Math.max(...data.when, 1e-9), word = data.over || "when it will be done";
    ctx.strokeStyle = css("--rule");
    line([[b.left, base], [right, base]]);
    const edge = x(data.now), wide = ctx.measureText(word).width;
    ctx.fillStyle = css("--quiet");
    ctx.fillText(word, edge - wide - 8 > b.left ? edge - wide - 8 : b.left, edge - wide - 8 > b.left ? base - 6 : floor + AXIS + 8);
    if (data.over) return;
    ctx.fillStyle = css("--cold");
    ctx.globalAlpha = 0.6;
    ctx.beginPath();
    ctx.moveTo(edge, base);
    data.fan.at.forEach((t, i) => ctx.lineTo(x(t), base - (data.when[i] / most) * (bell() - 12)));
    ctx.lineTo(x(data.fan.at.at(-1)), base);
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  function drawSaid({ ctx, b, x, line, right, floor }) {
    if (!data.said.length) return;
    const top = floor + AXIS + bell(), cold = css("--cold"), quiet = css("--quiet");
    const hold = (px) => Math.min(Math.max(px, b.left), right);
    ctx.fillStyle = quiet;
    ctx.fillText("what it said before", b.left, top + 14);
    data.said.forEach((one, i) => {
      const py = top + HEAD + ROW * i + ROW / 2, px = x(one.as_of), [low, middle, high] = one.done.map((t) => (t == null ? null : x(t)));
      const word = one.over ? `${one.name}: ${one.over}` : one.name, wide = ctx.measureText(word).width;
      ctx.fillStyle = quiet;
      ctx.fillText(word, px - wide - 8 > b.left ? px - wide - 8 : b.left, py + 4);
      const from = Math.max(px, px - wide - 8 > b.left ? px : b.left + wide + 8);
      ctx.strokeStyle = quiet;
      line([[px, py - 4], [px, py + 4]]);
      if (one.over) return;
      ctx.globalAlpha = 0.6;
      line([[from, py], [hold(low ?? right), py]], [1, 3]);
      ctx.globalAlpha = 1;
      ctx.strokeStyle = ctx.fillStyle = cold;
      ctx.lineWidth = 2.5;
      line([[hold(low ?? right), py], [hold(high ?? right), py]]);
      ctx.lineWidth = 1;
      if (middle != null && middle <= right) { ctx.beginPath(); ctx.arc(hold(middle), py, 4, 0, 7); ctx.fill(); }
      if (high == null || high > right) { ctx.beginPath(); ctx.moveTo(right, py); ctx.lineTo(right - 7, py - 4); ctx.lineTo(right - 7, py + 4); ctx.fill(); }
    });
  }

  function draw(u) {
    const { ctx } = u, ratio = devicePixelRatio || 1, p = pen(u);
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.font = `12px ${family()}`;
    ctx.lineWidth = 1;
    p.within(() => { drawBefore(p); drawAside(p); }, p.b.left, p.b.top, p.b.width, p.b.height);
    drawMarks(p);
    drawBell(p);
    drawSaid(p);
    ctx.fillStyle = css("--quiet");
    ctx.fillText(data.unit.gravity, 2, p.b.top - 11);
    if (warm()) { ctx.fillStyle = css("--cold"); ctx.fillText(data.unit.temp, p.right + 8, p.b.top - 11); }
    ctx.restore();
  }

  const warm = () => data.seen.temp.some((t) => t !== null);
  const bell = () => (data.over ? 22 : 44); // where nothing is waited for there is no bell, only a word
  const strip = () => AXIS + bell() + (data.said.length ? HEAD + ROW * data.said.length : 0) + 6;

  function axes() {
    const font = `12px ${family()}`, grid = { stroke: css("--rule"), width: 1 }, ticks = { show: false };
    const days = "{WWW} {D} {MMM}", hours = [`\n${days}`, null, `\n${days}`, null, null, null, 1];
    return [
      { font, stroke: css("--quiet"), space: innerWidth < 560 ? 62 : 84, grid, ticks, size: strip(), gap: 6,
        values: [[86400, innerWidth < 560 ? "{WWW} {D}" : days, null, null, null, null, null, null, 1], [3600, "{HH}:{mm}", ...hours], [60, "{HH}:{mm}", ...hours]] },
      { font, scale: "g", stroke: css("--quiet"), grid, ticks, size: 48, space: 34, values: (u, vs) => vs.map((v) => v.toFixed(inSg() ? 3 : 1)) },
      { font, scale: "t", side: 1, show: warm(), stroke: css("--cold"), grid: { show: false }, ticks, size: 34, space: 50, values: (u, vs) => vs.map((v) => v.toFixed(0)) },
    ];
  }

  function options() {
    const beer = css("--beer"), fan = css("--fan"), line = { points: { show: false }, spanGaps: true };
    const shade = (share) => fan + Math.round(share * 255).toString(16).padStart(2, "0");
    const edge = { ...line, scale: "g", stroke: "transparent", width: 0 };
    return {
      width: box.clientWidth, height: box.clientHeight,
      tzDate: local,
      padding: [26, warm() ? 0 : 12, 0, 0],
      cursor: { drag: { x: true, y: false }, points: { size: 7 } },
      legend: { show: false },
      scales: { x: {}, g: { range: gravityRange }, t: { range: temperatureRange } },
      axes: axes(),
      series: [
        {},
        { ...line, scale: "g", stroke: beer, width: 2.4 },
        { scale: "g", stroke: "transparent", width: 0, points: { show: true, size: 4, fill: beer + "77", stroke: "transparent", width: 0 } },
        { ...line, scale: "g", stroke: beer, width: 1.8, dash: [6, 5] },
        edge, edge, edge, edge, edge, edge,
        { ...line, scale: "t", stroke: css("--cold"), width: 1.2 },
      ],
      bands: [{ series: [5, 4], fill: shade(0.16) }, { series: [7, 6], fill: shade(0.22) }, { series: [9, 8], fill: shade(0.28) }],
      hooks: { draw: [draw], setCursor: [(u) => tell(u.cursor.idx)] },
    };
  }

  function tell(i) { // the numbers under the pointer; without one, the newest
    const [x, level, , expected, , , low, high, , , temp] = plot ? plot.data : aligned(data);
    const at = i ?? level.findLastIndex((v) => v !== null), when = at >= 0 ? stamp(local(x[at])) : "";
    if (!readout || at < 0) return;
    if (i == null || level[at] !== null) readout.textContent = `${when} · ${gravity(level[at])}${temp[at] == null ? "" : ` · ${temp[at].toFixed(1)} ${data.unit.temp}`}`;
    else if (expected[at] !== null) readout.textContent = `${when} · expected ${gravity(expected[at])}, 80 %: ${gravity(low[at])} – ${gravity(high[at])}`;
  }

  function render() {
    if (plot) plot.destroy();
    plot = null;
    plot = new uPlot(options(), aligned(data), box);
    plot.strip = strip();
    for (const [name, shown] of [["before", data.said.length], ["aside", data.aside.length], ["temp", warm()], ["observed", data.seen.at.length], ["cell", data.seen.at.length]]) {
      document.querySelector(`.key .k-${name}`).hidden = !shown;
    }
    tell(null);
  }

  async function load() {
    const answer = await fetch(box.dataset.chart, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const fresh = await answer.json();
    box.hidden = box.nextElementSibling.hidden = Boolean(fresh.empty);
    if (fresh.empty) return;
    data = fresh;
    if (born !== data.born) { born = data.born; kept = null; } // another beer, other axes
    if (!plot || plot.strip !== strip()) render();
    else { plot.setData(aligned(data)); if (plot.cursor.idx == null) tell(null); }
  }

  let timer = null;
  document.addEventListener("cellar-change", ({ detail }) => {
    if (detail.tank !== box.dataset.name || !["forecast", "event", "batch"].includes(detail.kind) || timer) return;
    timer = setTimeout(() => { timer = null; load(); }, document.hidden ? 5000 : 600);
  });
  new ResizeObserver(() => { if (plot && Math.abs(plot.width - box.clientWidth) > 2) render(); }).observe(box);
  for (const media of ["(prefers-color-scheme: dark)", "print"]) {
    matchMedia(media).addEventListener("change", () => { if (plot) render(); });
  }
  load();
})();
