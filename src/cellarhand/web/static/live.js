// Live pages: changes of the store become `tank-changed` events on what shows that tank; htmx fetches it anew.
(() => {
  const since = document.body.dataset.seq;
  if (since === undefined) return;
  const line = document.getElementById("line");
  let seen = Number(since);
  const changed = new Set();
  let due = null, fetched = 0, rest = 60;

  function show() { // all that changed since the last time, in one request
    due = null;
    fetched = Date.now();
    const names = [...changed];
    changed.clear();
    const sheet = document.getElementById("tank");
    if (sheet && names.includes(sheet.dataset.tank)) htmx.trigger(sheet, "tank-changed");
    const cards = names.filter((name) => document.querySelector(`.card[data-tank="${CSS.escape(name)}"]`));
    rest = Math.min(60 + 25 * cards.length, 800) * (1 + 0.3 * Math.random()); // the more to show, the longer; pages not in step
    if (!cards.length) return;
    const query = cards.map((name) => "tank=" + encodeURIComponent(name)).join("&");
    htmx.ajax("GET", "/cards?" + query, { target: document.body, swap: "none" })
      .catch(() => cards.forEach((name) => changed.add(name))); // the line is down: asked for again when it is back
  }

  function touch(name) { // at once after quiet, else a rest after the last time; a hidden tab has time
    changed.add(name);
    due ??= setTimeout(show, document.hidden ? 5000 : Math.max(60, fetched + rest - Date.now()));
  }

  function change({ kind, tank }, seq) {
    if (seq <= seen && kind !== "reload") return;
    seen = Math.max(seen, seq);
    document.body.dataset.seq = seen;
    if (kind === "reload") { location.reload(); return; }
    document.dispatchEvent(new CustomEvent("cellar-change", { detail: { kind, tank, seq } }));
    if (tank !== null) touch(tank);
  }

  function state(open) {
    document.body.dataset.live = open ? "yes" : "no";
    if (line) line.hidden = open;
    if (open && changed.size) due ??= setTimeout(show, 60);
  }

  if (window.SharedWorker) {
    const worker = new SharedWorker("/static/live-worker.js", "cellarhand-live");
    worker.port.onmessage = ({ data }) => {
      if (data.change) change(data.change, data.seq);
      if (data.open !== undefined && (data.open || document.body.dataset.live)) state(data.open);
    };
    worker.port.start();
    worker.port.postMessage({ since: seen });
    addEventListener("pagehide", () => worker.port.postMessage("bye"));
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    return;
  }
  let stream = null; // no shared worker here: a hidden tab gives its connection back
  function connect() {
    stream = new EventSource("/api/events?but=reading&since=" + seen);
    stream.onopen = () => state(true);
    stream.onerror = () => state(false);
    stream.addEventListener("change", (event) => change(JSON.parse(event.data), Number(event.lastEventId)));
  }
  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream.close(); } else { connect(); }
  });
})();
