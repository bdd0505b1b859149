// The service worker: a voucher opens at the counter although the network is gone. Network first, cache second; only
// the person's own voucher pages are kept, under the person's key, and forgotten at log-out or when another logs in.
const COPIES = "vouchers-";
const ASSETS = "voucher-assets";
const VOUCHER = /^\/vouchers\/[0-9a-f-]{36}$/;
const FORGETS = ["/log-out", "/acting-as"];

// What is shown in place of a page: its offline copy, made while there was a network.
const copyOf = (path) => (path === "/vouchers" ? "/vouchers/copies" : VOUCHER.test(path) ? `${path}/copy` : null);

const forget = async (except) => {
  const names = (await caches.keys()).filter((name) => name.startsWith(COPIES) && name !== except);
  await Promise.all(names.map((name) => caches.delete(name)));
};

const keepAssets = async (html) => {
  const cache = await caches.open(ASSETS);
  const paths = new Set(html.match(/\/static\/[\w./-]+/g) ?? []);
  for (const request of await cache.keys()) if (!paths.has(new URL(request.url).pathname)) await cache.delete(request);
  await Promise.all([...paths].map(async (path) => (await cache.match(path)) ?? cache.add(path)));
};

const keep = async ({ keeper, copies, all }) => {
  const name = COPIES + keeper;
  await forget(name);
  const cache = await caches.open(name);
  if (all) for (const request of await cache.keys()) if (!copies.includes(new URL(request.url).pathname)) await cache.delete(request);
  for (const path of copies) {
    const answer = await fetch(path);
    if (answer.redirected) return forget();
    if (!answer.ok) continue;
    await keepAssets(await answer.clone().text());
    await cache.put(path, answer);
  }
};

const cached = async (path) => {
  for (const name of await caches.keys()) {
    const found = await (await caches.open(name)).match(path, { ignoreVary: true });
    if (found) return found;
  }
  return Response.error();
};

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  event.waitUntil((event.data.forget ? forget() : keep(event.data)).catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && FORGETS.includes(pathname)) event.waitUntil(forget());
  if (request.method !== "GET") return;
  const copy = request.mode === "navigate" ? copyOf(pathname) : null;
  if (copy) event.respondWith(fetch(request).catch(() => cached(copy)));
  else if (pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => cached(pathname)));
});
