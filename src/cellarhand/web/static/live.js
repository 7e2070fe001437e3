// Live pages: changes of the store become `tank-changed` events on what shows that tank; htmx fetches it anew.
(() => {
  const since = document.body.dataset.seq;
  if (since === undefined) return;
  const line = document.getElementById("line");
  let seen = Number(since);
  const SHOWN = new Set(["forecast", "tank", "batch", "event", "correction", "device"]);
  const waiting = new Map();

  function touch(node) { // at most twice a second a card, the last change always shown
    if (waiting.has(node.id)) return;
    waiting.set(node.id, setTimeout(() => {
      waiting.delete(node.id);
      const now = document.getElementById(node.id);
      if (now) htmx.trigger(now, "tank-changed");
    }, document.hidden ? 5000 : 120));
  }

  function change({ kind, tank }, seq) {
    if (seq <= seen && kind !== "reload") return;
    seen = Math.max(seen, seq);
    document.body.dataset.seq = seen;
    if (kind === "reload") { location.reload(); return; }
    document.dispatchEvent(new CustomEvent("cellar-change", { detail: { kind, tank, seq } }));
    if (!SHOWN.has(kind) || tank === null) return;
    for (const node of document.querySelectorAll("[data-tank]")) if (node.dataset.tank === tank && node.id) touch(node);
  }

  function state(open) {
    document.body.dataset.live = open ? "yes" : "no";
    if (line) line.hidden = open;
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
    stream = new EventSource("/api/events?since=" + seen);
    stream.onopen = () => state(true);
    stream.onerror = () => state(false);
    stream.addEventListener("change", (event) => change(JSON.parse(event.data), Number(event.lastEventId)));
  }
  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { stream.close(); } else { connect(); }
  });
})();
