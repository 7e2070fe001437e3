// One stream for all tabs of this browser: an HTTP/1.1 browser allows six connections to a server, and eight tabs want to live.
let stream = null, last = "", open = false;
const tabs = new Set();

function tell(message) {
  for (const tab of tabs) tab.postMessage(message);
}

function connect() {
  if (stream) stream.close();
  stream = new EventSource("/api/events?but=reading" + (last ? "&since=" + last : ""));
  stream.onopen = () => { open = true; tell({ open }); };
  stream.onerror = () => {
    open = false;
    tell({ open });
    if (stream.readyState === EventSource.CLOSED) { stream = null; setTimeout(() => { if (tabs.size) connect(); }, 3000); }
  };
  stream.addEventListener("change", (event) => {
    last = event.lastEventId;
    tell({ change: JSON.parse(event.data), seq: Number(last) });
  });
}

onconnect = (event) => {
  const tab = event.ports[0];
  tabs.add(tab);
  tab.onmessage = ({ data }) => {
    if (data === "bye") {
      tabs.delete(tab);
      if (!tabs.size && stream) { stream.close(); stream = null; }
    } else if (data.since !== undefined && !stream) {
      last = String(data.since);
      connect();
    }
  };
  tab.postMessage({ open });
  tab.start();
};
