// The round works where the network doesn't: its page and what it needs are kept, fetched anew whenever that is possible.
const KEPT = "cellarhand-1";
const ALWAYS = ["/round", "/static/app.css", "/static/acts.js", "/static/live.js", "/static/keypad.js", "/static/round.js", "/static/icon.svg", "/static/vendor/htmx-2.0.11.min.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((kept) => Promise.allSettled(ALWAYS.map((path) => kept.add(path)))).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== KEPT).map((n) => caches.delete(n)))).then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname !== "/round" && !url.pathname.startsWith("/static/")) return;
  event.respondWith(fetch(event.request).then((answer) => {
    if (answer.ok && !answer.redirected) { const copy = answer.clone(); caches.open(KEPT).then((kept) => kept.put(event.request, copy)); }
    return answer;
  }).catch(() => caches.match(event.request, { ignoreSearch: true }).then((kept) => kept || Response.error())));
});
