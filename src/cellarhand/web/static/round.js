// The round: tank by tank, kept on the phone first, sent when there is a network. Each entry has an id of its own, so
// that sending it twice changes nothing.
(() => {
  const root = document.getElementById("round"), walk = document.getElementById("walk"), waiting = document.getElementById("waiting");
  if (!root || !walk) return;
  const KEY = "cellarhand-round", PAPER = new URLSearchParams(location.search).has("paper");
  const tanks = [...document.getElementById("tank-data").content.querySelectorAll("i")].map((i) => ({ ...i.dataset }));
  const units = { gravity: root.dataset.gravityUnit, temp: root.dataset.tempUnit, pressure: root.dataset.pressureUnit };
  const FIELDS = [
    ["gravity", () => ({ sg: "gravity, SG", plato: "gravity, °P", brix: "gravity, °Bx" })[draft.gravity_unit]],
    ["temp", () => "beer, °" + units.temp], ["ph", () => "pH"], ["pressure", () => "head, " + units.pressure],
    ["vdk_ppb", () => "VDK, ppb"], ["taste", () => "taste"], ["sample_c", () => "sample, °" + units.temp],
  ];
  let state = { at: 0, queue: [], sent: [], date: "", gravity_unit: units.gravity, instrument: "hydrometer" }, draft = {}, chosen = "gravity";
  try { state = { ...state, ...JSON.parse(localStorage.getItem(KEY) || "{}") }; } catch { /* a broken note is no note */ }
  const asked = new URLSearchParams(location.search).get("tank");
  if (asked) state.at = Math.max(0, tanks.findIndex((t) => t.name === asked));
  if (state.at >= tanks.length) state.at = 0;

  const keep = () => { try { localStorage.setItem(KEY, JSON.stringify(state)); return true; } catch { return false; } };
  const id = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, "0")).join("");
  const fresh = () => ({ gravity: "", temp: "", ph: "", pressure: "", vdk_ppb: "", sample_c: "", taste: "", degassed: true, gravity_unit: state.gravity_unit, instrument: state.instrument });

  function el(tag, props = {}, ...children) {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...children);
    return node;
  }
  const pad = new Keypad((text) => { draft[chosen] = text; update(); });

  function toggle(words, on, act) {
    const button = el("button", { type: "button", textContent: words });
    button.setAttribute("aria-pressed", String(on()));
    button.addEventListener("click", () => { act(); render(); });
    return button;
  }

  function station() {
    const tank = tanks[state.at], box = el("section", { className: "station" });
    box.append(el("h2", {}, tank.name, " ", el("span", { className: "quiet", textContent: tank.beer })));
    if (tank.level) box.append(el("p", { className: "sure", textContent: `last ${tank.level}, ${tank.temp}, ${tank.seen}` }));
    const fields = el("div", { className: "fields" });
    for (const [name, label] of FIELDS) {
      if (name === "sample_c" && (draft.instrument !== "hydrometer" || !draft.gravity)) continue;
      const button = el("button", { type: "button", className: "field" }, el("small", { textContent: label() }), el("strong", { textContent: draft[name] || " " }));
      button.dataset.field = name;
      button.setAttribute("aria-pressed", String(name === chosen));
      button.addEventListener("click", () => { chosen = name; pad.show(draft[name]); render(); });
      fields.append(button);
    }
    box.append(fields);
    if (chosen === "gravity") {
      const unit = (name) => () => { draft.gravity_unit = state.gravity_unit = name; draft.instrument = state.instrument = name === "brix" ? "refractometer" : draft.instrument === "refractometer" ? "hydrometer" : draft.instrument; };
      const tool = (name) => () => { draft.instrument = state.instrument = name; if (draft.gravity_unit === "brix") draft.gravity_unit = state.gravity_unit = "plato"; };
      box.append(el("div", { className: "toggles three" },
        toggle("°P", () => draft.gravity_unit === "plato", unit("plato")),
        toggle("SG", () => draft.gravity_unit === "sg", unit("sg")),
        toggle("°Bx refractometer", () => draft.gravity_unit === "brix", unit("brix")),
        toggle("Hydrometer", () => draft.instrument === "hydrometer", tool("hydrometer")),
        toggle("Density meter", () => draft.instrument === "density meter", tool("density meter")),
        toggle(draft.degassed ? "✓ degassed" : "not degassed", () => draft.degassed, () => { draft.degassed = !draft.degassed; })));
    }
    if (chosen === "taste") {
      const taste = el("input", { value: draft.taste, maxLength: 300, placeholder: "Taste and remarks", autocomplete: "off" });
      taste.setAttribute("aria-label", "Taste and remarks");
      taste.addEventListener("input", () => { draft.taste = taste.value; update(); });
      box.append(taste);
      setTimeout(() => taste.focus(), 0);
    } else box.append(pad.node);
    const skip = el("button", { type: "button", textContent: "Skip" }), save = el("button", { type: "button", className: "go", textContent: "Keep, next tank", id: "keep" });
    skip.addEventListener("click", () => step(1));
    save.addEventListener("click", keepEntry);
    box.append(el("div", { className: "walkers" }, skip, save));
    return box;
  }

  function update() {
    for (const button of walk.querySelectorAll(".field")) {
      button.querySelector("strong").textContent = draft[button.dataset.field] || " ";
      button.classList.toggle("set", Boolean(draft[button.dataset.field]));
    }
    if (chosen === "gravity" && draft.instrument === "hydrometer" && draft.gravity && !walk.querySelector('[data-field="sample_c"]')) render();
  }

  function step(by) {
    state.at = (state.at + by + tanks.length) % tanks.length;
    draft = fresh(); chosen = "gravity"; pad.show("");
    keep(); render();
    scrollTo({ top: 0 });
  }

  function keepEntry() {
    const entry = { client_id: id(), tank: tanks[state.at].name, degassed: draft.degassed, instrument: draft.instrument, gravity_unit: draft.gravity_unit, temp_unit: units.temp, pressure_unit: units.pressure };
    let any = false;
    for (const name of ["gravity", "temp", "ph", "pressure", "vdk_ppb", "sample_c"]) {
      if (draft[name] === "" || draft[name] === undefined) continue;
      const value = Number(draft[name]);
      if (!Number.isFinite(value)) continue;
      entry[name] = name === "sample_c" && units.temp === "F" ? ((value - 32) * 5) / 9 : value;
      any = any || name !== "sample_c";
    }
    if (draft.taste.trim()) { entry.taste = draft.taste.trim(); any = true; }
    if (!any) { cellarhand.toast("Nothing typed: skip the tank, or type a value.", { wrong: true }); return; }
    if (PAPER) { if (!state.date) { cellarhand.toast("Which day is the sheet of?", { wrong: true }); return; } entry.day = state.date; } else entry.at = new Date().toISOString();
    if (entry.gravity_unit === "brix" && entry.gravity === undefined) entry.gravity_unit = "sg";
    state.queue.push(entry);
    if (!keep()) cellarhand.toast("This phone keeps no notes: stay on the page until it is sent.", { wrong: true });
    step(1);
    sync();
  }

  let sending = false;
  async function sync() {
    if (sending || !state.queue.length) { told(); return; }
    sending = true;
    const batch = state.queue.slice(0, 50);
    for (const entry of batch) entry.tried = true;
    keep();
    try {
      const answer = await fetch("/api/round", { method: "POST", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(batch) });
      if (answer.status === 401) { location.href = "/sign-in?to=/round"; return; }
      if (!answer.ok) throw new Error(String(answer.status));
      for (const one of await answer.json()) {
        const entry = batch.find((e) => e.client_id === one.client_id);
        if (entry.unwanted && !one.refused && !await takeBack(one.undo)) continue;
        state.queue = state.queue.filter((e) => e.client_id !== one.client_id);
        if (entry.unwanted) continue;
        if (one.refused) cellarhand.toast(`${entry.tank}: ${one.refused.rule}; ${one.refused.cause}`, { wrong: true });
        else state.sent = [{ tank: entry.tank, words: words(entry), undo: one.undo }, ...state.sent].slice(0, 12);
      }
    } catch { /* still away: it stays on the phone */ } finally { sending = false; }
    keep(); render();
    if (state.queue.length && navigator.onLine) setTimeout(sync, 4000);
  }

  const takeBack = (what) => cellarhand.send("POST", "/api/undo", { what });

  function drop(entry) { // what was sent may have arrived though no answer came: it is asked about, then taken back
    if (entry.tried) entry.unwanted = true;
    else { state.queue = state.queue.filter((e) => e !== entry); cellarhand.toast("Taken back"); }
    keep(); render(); sync();
  }

  const words = (e) => [e.gravity !== undefined && `${e.gravity.toFixed(e.gravity_unit === "sg" ? 3 : 1)} ${({ sg: "SG", plato: "°P", brix: "°Bx" })[e.gravity_unit]}`, e.temp !== undefined && `${e.temp} °${e.temp_unit}`, e.ph !== undefined && `pH ${e.ph}`, e.pressure !== undefined && `${e.pressure} ${e.pressure_unit}`, e.vdk_ppb !== undefined && `VDK ${e.vdk_ppb}`, e.taste].filter(Boolean).join(", ");

  function told() {
    const n = state.queue.length;
    waiting.textContent = n ? `${n} on this phone, sent when the network is back` : "all sent";
    waiting.classList.toggle("warn", n > 0);
  }

  function list() {
    const items = el("ul", { className: "done-list" });
    for (const entry of state.queue.filter((e) => !e.unwanted).reverse()) {
      const undo = el("button", { type: "button", className: "tiny", textContent: "Undo" });
      undo.addEventListener("click", () => drop(entry));
      items.append(el("li", {}, el("span", { textContent: `${entry.tank}: ${words(entry)} · on this phone` }), undo));
    }
    for (const one of state.sent) {
      const undo = el("button", { type: "button", className: "tiny", textContent: "Undo" });
      undo.addEventListener("click", async () => {
        if (await takeBack(one.undo)) { state.sent = state.sent.filter((s) => s !== one); keep(); render(); }
      });
      items.append(el("li", {}, el("span", { textContent: `${one.tank}: ${one.words}` }), undo));
    }
    return items;
  }

  function render() {
    if (!tanks.length) return;
    const parts = [];
    if (PAPER) {
      const day = el("input", { type: "date", value: state.date });
      day.addEventListener("change", () => { state.date = day.value; keep(); });
      parts.push(el("label", {}, "Day of the sheet; the hour is not known, so each reading keeps ± 12 h", day));
    }
    walk.replaceChildren(...parts, station(), list());
    told();
  }

  draft = fresh();
  render();
  sync();
  addEventListener("online", sync);
  setInterval(() => { if (state.queue.length) sync(); }, 15000);
})();
