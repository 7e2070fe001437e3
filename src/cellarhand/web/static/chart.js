// The large chart: observed solid, expected dashed, the fan at 50/80/95 %, and when it will be done lying on the time axis.
(() => {
  const box = document.getElementById("chart");
  if (!box || !window.uPlot) return;
  let plot = null, data = null, kept = null;
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

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
    const pad = d_unit() === "SG" ? 0.002 : 0.5;
    const now = [low - pad, high + pad];
    kept = kept ? [Math.min(kept[0], now[0]), Math.max(kept[1], now[1])] : now;
    return kept;
  }
  const d_unit = () => data.unit.gravity;

  function draw(u) {
    const { ctx, bbox } = u, ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    const most = Math.max(...data.when, 1e-9), floor = bbox.top + bbox.height;
    ctx.fillStyle = css("--cold");
    ctx.globalAlpha = 0.5;
    ctx.beginPath();
    data.fan.at.forEach((t, i) => {
      const px = u.valToPos(t, "x", true), py = floor - (data.when[i] / most) * bbox.height * 0.13;
      if (i === 0) ctx.moveTo(px, floor);
      ctx.lineTo(px, py);
    });
    ctx.lineTo(u.valToPos(data.fan.at.at(-1), "x", true), floor);
    ctx.fill();
    ctx.globalAlpha = 0.45;
    ctx.strokeStyle = css("--quiet");
    ctx.lineWidth = ratio;
    for (const a of data.aside) { // set aside, not hidden
      const px = u.valToPos(a.at, "x", true), py = u.valToPos(a.level, "g", true), r = 3 * ratio;
      ctx.beginPath(); ctx.moveTo(px - r, py - r); ctx.lineTo(px + r, py + r); ctx.moveTo(px + r, py - r); ctx.lineTo(px - r, py + r); ctx.stroke();
    }
    ctx.globalAlpha = 1;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.font = `${12 * ratio}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.fillStyle = css("--quiet");
    const mark = (t, word, row) => {
      const px = u.valToPos(t, "x", true);
      ctx.setLineDash([3 * ratio, 3 * ratio]);
      ctx.beginPath(); ctx.moveTo(px, bbox.top); ctx.lineTo(px, floor); ctx.stroke();
      ctx.setLineDash([]);
      const wide = ctx.measureText(word).width;
      ctx.fillText(word, px + 5 * ratio + wide > bbox.left + bbox.width ? px - wide - 5 * ratio : px + 5 * ratio, bbox.top + (13 + 15 * row) * ratio);
    };
    const warm = data.seen.temp.findLastIndex((t) => t !== null);
    if (warm >= 0) { // the temperature has no axis of its own: it says where it ends
      const word = data.seen.temp[warm].toFixed(1) + " " + data.unit.temp;
      ctx.fillStyle = css("--cold");
      ctx.fillText(word, Math.min(u.valToPos(data.seen.at[warm], "x", true) + 6 * ratio, bbox.left + bbox.width - ctx.measureText(word).width), u.valToPos(data.seen.temp[warm], "t", true) + 4 * ratio);
      ctx.fillStyle = css("--quiet");
    }
    mark(data.now, "as of", 0);
    data.events.filter((e) => e.kind !== "sample").forEach((e, i) => mark(e.at, e.kind, 1 + (i % 3)));
    ctx.restore();
  }

  function options() {
    const beer = css("--beer"), fan = css("--fan"), cold = css("--cold"), quiet = css("--quiet"), rule = css("--rule");
    const shade = (share) => fan + Math.round(share * 255).toString(16).padStart(2, "0");
    const sg = (v) => (v == null ? "" : d_unit() === "SG" ? v.toFixed(3) : v.toFixed(1) + " °P");
    const edge = { stroke: "transparent", width: 0, points: { show: false } };
    const zone = data.zone, font = `12px ${getComputedStyle(document.body).fontFamily}`;
    return {
      width: box.clientWidth, height: box.clientHeight - (innerWidth < 560 ? 44 : 30),
      tzDate: (t) => uPlot.tzDate(new Date(t * 1e3), zone),
      cursor: { drag: { x: true, y: false }, points: { size: 7 } },
      legend: { live: true },
      scales: { x: {}, g: { range: gravityRange }, t: { range: (u, lo, hi) => [Math.min(lo, 0), Math.max(hi, 30) * 1.6] } },
      axes: [
        { font, stroke: quiet, space: 70, grid: { stroke: rule, width: 1 }, ticks: { show: false }, size: 34,
          values: [[86400, "{DD} {MMM}", null, null, null, null, null, null, 1], [3600, "{HH}:{mm}", "\n{DD} {MMM}", null, "\n{DD} {MMM}", null, null, null, 1], [60, "{HH}:{mm}", "\n{DD} {MMM}", null, "\n{DD} {MMM}", null, null, null, 1]] },
        { font, scale: "g", stroke: quiet, grid: { stroke: rule, width: 1 }, ticks: { show: false }, size: 56, values: (u, vs) => vs.map((v) => (d_unit() === "SG" ? v.toFixed(3) : v.toFixed(1))) },
      ],
      series: [
        { value: (u, t) => (t == null ? "–" : uPlot.fmtDate("{WWW} {DD} {MMM} {HH}:{mm}")(uPlot.tzDate(new Date(t * 1e3), zone))), label: "time" },
        { scale: "g", label: "gravity", stroke: beer, width: 2.4, points: { show: false }, value: (u, v) => sg(v), spanGaps: true },
        { scale: "g", label: "cell", stroke: "transparent", width: 0, points: { show: true, size: 3, fill: beer + "55", stroke: "transparent" }, value: (u, v) => sg(v) },
        { scale: "g", label: "expected", stroke: beer, width: 1.8, dash: [6, 5], points: { show: false }, value: (u, v) => sg(v), spanGaps: true },
        ...["95 % from", "to", "80 % from", "to", "50 % from", "to"].map((label) => ({ ...edge, scale: "g", label, value: (u, v) => sg(v), spanGaps: true })),
        { scale: "t", label: "beer", stroke: cold, width: 1.2, points: { show: false }, value: (u, v) => (v == null ? "" : v.toFixed(1) + " " + data.unit.temp), spanGaps: true },
      ],
      bands: [
        { series: [5, 4], fill: shade(0.14) }, { series: [7, 6], fill: shade(0.2) }, { series: [9, 8], fill: shade(0.26) },
      ],
      hooks: { draw: [draw] },
    };
  }

  function trim() { // the legend says time, gravity, expected and temperature; the fan is for the eye, its numbers are in the words above
    const hide = [2, 4, 5, 6, 7, 8, 9];
    box.querySelectorAll(".u-legend .u-series").forEach((row, i) => { row.hidden = hide.includes(i); });
  }

  function render() {
    if (plot) plot.destroy();
    plot = new uPlot(options(), aligned(data), box);
    trim();
  }

  async function load() {
    const answer = await fetch(box.dataset.chart, { headers: { accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const fresh = await answer.json();
    if (fresh.empty) { box.hidden = true; return; }
    box.hidden = false;
    const first = !data;
    data = fresh;
    if (first || !plot) render();
    else plot.setData(aligned(data));
  }

  let timer = null;
  document.addEventListener("cellar-change", ({ detail }) => {
    if (detail.tank !== box.dataset.name || !["forecast", "event", "batch"].includes(detail.kind) || timer) return;
    timer = setTimeout(() => { timer = null; load(); }, document.hidden ? 5000 : 600);
  });
  new ResizeObserver(() => { if (plot && Math.abs(plot.width - box.clientWidth) > 2) render(); }).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { if (plot) render(); });
  load();
})();
