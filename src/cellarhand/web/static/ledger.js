// The ledger grows while it is replayed: its page is fetched anew when a batch is done, at most twice a second.
(() => {
  const ledger = document.getElementById("ledger");
  let due = null;
  document.addEventListener("cellar-change", ({ detail }) => {
    if (detail.kind !== "promises") return;
    due ??= setTimeout(() => {
      due = null;
      htmx.ajax("GET", ledger.dataset.now, { target: ledger, swap: "innerHTML" }).catch(() => {});
    }, document.hidden ? 5000 : 500);
  });
})();
