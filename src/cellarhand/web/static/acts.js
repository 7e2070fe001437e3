// What people do: forms and buttons send JSON; every act is told with its undo. No "are you sure?".
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !/(^|; )zone=/.test(document.cookie)) {
    document.cookie = "zone=" + zone + "; path=/; max-age=31536000; samesite=lax";
    if (zone !== "UTC") location.reload();
  }
  if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});

  const toasts = document.getElementById("toasts");
  function toast(text, { undo, wrong } = {}) {
    const box = document.createElement("div");
    box.className = wrong ? "toast wrong" : "toast";
    box.append(document.createTextNode(text));
    if (undo) {
      const button = document.createElement("button");
      button.textContent = "Undo";
      button.addEventListener("click", async () => {
        box.remove();
        await send("POST", "/api/undo", { what: undo });
      });
      box.append(button);
    }
    toasts.replaceChildren(...[...toasts.children].slice(-2), box);
    setTimeout(() => box.remove(), wrong ? 12000 : 9000);
  }

  async function send(method, path, body) {
    let answer;
    try {
      answer = await fetch(path, {
        method,
        headers: { "content-type": "application/json", accept: "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      toast("No connection: nothing was changed.", { wrong: true });
      return null;
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.status === 401) { location.href = "/sign-in?to=" + encodeURIComponent(location.pathname); return null; }
    if (!answer.ok) {
      toast([told.rule, told.cause].filter(Boolean).join("; ") || "That did not work.", { wrong: true });
      return null;
    }
    if (told.said) toast(told.said, { undo: told.undo });
    return told;
  }
  window.cellarhand = { send, toast };

  function sgFrom(text) { // what is typed as °P or as SG or 1048: by size, which can't be mistaken
    const value = Number(text.replace(",", "."));
    if (!text.trim()) return null;
    if (value >= 980 && value <= 1200) return value / 1000;
    if (value > 1.9 || value < 0.9) return 1 + value / (258.6 - (227.1 / 258.2) * value);
    return value;
  }

  const wall = (at) => Date.parse(new Intl.DateTimeFormat("sv-SE", { timeZone: document.body.dataset.zone, dateStyle: "short", timeStyle: "medium" }).format(at).replace(" ", "T") + "Z");
  function instant(text) { // a time as typed, on the viewer's clock, which need not be this machine's
    const guess = Date.parse(text + "Z"), near = guess - (wall(guess) - guess);
    return new Date(guess - (wall(near) - near)).toISOString();
  }

  function values(form) {
    const body = {};
    for (const field of form.elements) {
      if (!field.name || (field.type === "radio" && !field.checked)) continue;
      const text = field.value.trim();
      if (field.dataset.gravity !== undefined) { const sg = sgFrom(text); if (sg !== null) body[field.name] = sg; }
      else if (field.dataset.number !== undefined) { if (text) body[field.name] = Number(text.replace(",", ".")); }
      else if (field.dataset.stamp !== undefined) { if (text) body[field.name] = instant(text); }
      else if (text) body[field.name] = text;
    }
    return body;
  }

  function then(where, told, tank) {
    if (where === "reload") setTimeout(() => location.reload(), 400);
    else if (where === "tank") location.href = "/tanks/" + encodeURIComponent(tank);
    else if (where) location.href = where;
  }

  function show(id, told) {
    const box = document.getElementById(id);
    const texts = { url: location.origin + (told.path || ""), token: told.token || "", short: location.origin + (told.path || "").replace(/\/[^/]*$/, "") };
    for (const node of box.querySelectorAll("[data-fill]")) node.textContent = texts[node.dataset.fill];
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target, d = form.dataset;
    const method = d.post !== undefined || d.postTank !== undefined ? "POST" : d.patch !== undefined ? "PATCH" : d.put !== undefined ? "PUT" : null;
    if (!method) return;
    event.preventDefault();
    const body = values(form);
    let path = d.post ?? d.patch ?? d.put, tank = null;
    if (d.postTank !== undefined) { tank = body.tank; delete body.tank; path = "/api/tanks/" + encodeURIComponent(tank) + "/" + d.postTank; }
    if (d.cookies !== undefined) {
      const short = { gravity_unit: "gravity", temperature_unit: "temperature", volume_unit: "volume", pressure_unit: "pressure", zone: "zone" };
      for (const [name, cookie] of Object.entries(short)) document.cookie = cookie + "=" + body[name] + "; path=/; max-age=31536000; samesite=lax";
    }
    const told = await send(method, path, body);
    if (!told) return;
    if (d.show) { form.reset(); show(d.show, told); } else then(d.then, told, tank);
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-post],button[data-put],button[data-delete],button[data-print]");
    if (!button) return;
    const d = button.dataset;
    if (d.print !== undefined) { print(); return; }
    event.preventDefault();
    button.disabled = true;
    const method = d.post ? "POST" : d.put ? "PUT" : "DELETE";
    const told = await send(method, d.post || d.put || d.delete, d.body ? JSON.parse(d.body) : undefined);
    button.disabled = false;
    if (told) then(d.then, told);
  });

  for (const field of document.querySelectorAll("[data-now]")) {
    const clock = document.getElementById("clock"); // the cellar's clock: a demo's runs ahead
    if (!field.value) field.value = new Date(wall(clock ? Date.parse(clock.dateTime) : Date.now())).toISOString().slice(0, 16);
  }
})();
