// Keeps copies of the person's vouchers for times without a network, and turns to them by itself when it goes.
const marker = document.querySelector("[data-offline-keeper]");
const worker = navigator.serviceWorker;

if (worker && marker) {
  const { offlineKeeper: keeper, offlineCopies: copies, offlineAll: all } = marker.dataset;
  worker
    .register("/sw.js")
    .then(() => worker.ready)
    .then(({ active }) => active.postMessage({ keeper, copies: copies.split(" "), all: Boolean(all) }))
    .catch(() => {});
  const turn = () => worker.controller && location.reload();
  addEventListener("offline", turn);
  document.addEventListener("htmx:error", () => navigator.onLine || turn());
}
if (worker?.controller && location.pathname.startsWith("/log-in")) worker.controller.postMessage({ forget: true });
if (document.querySelector("[data-offline-copy]")) addEventListener("online", () => location.reload());
