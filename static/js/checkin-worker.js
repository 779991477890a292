// Opens the check-in page of one event without net. It keeps the empty page and its files: never a name.
// Loaded by the event's own worker, which says in self.CHECK_IN what belongs to it.
"use strict";

{
  const { page, shell, files } = self.CHECK_IN;
  const name = `innsjekk:${page}`;
  const PATIENCE = 4000;

  self.addEventListener("install", (event) => {
    event.waitUntil(
      (async () => {
        const cache = await caches.open(name);
        await cache.add(new Request(shell, { cache: "reload" }));
        await Promise.allSettled(files.map((file) => cache.add(file)));
        await self.skipWaiting();
      })(),
    );
  });

  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

  // The page itself: the server's when it answers in time, else the empty one, which the script fills.
  async function open(request) {
    try {
      return await Promise.race([
        fetch(request),
        new Promise((_done, fail) => setTimeout(() => fail(new Error("too slow")), PATIENCE)),
      ]);
    } catch {
      const cache = await caches.open(name);
      return (await cache.match(shell)) ?? Response.error();
    }
  }
  async function file(request) {
    const cache = await caches.open(name);
    const held = await cache.match(request);
    const fresh = fetch(request).then((answer) => {
      if (answer.ok) cache.put(request, answer.clone());
      return answer;
    });
    if (!held) return fresh;
    fresh.catch(() => {});
    return held;
  }

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    if (request.method !== "GET") return;
    const url = new URL(request.url);
    if (request.mode === "navigate" && url.pathname === page) event.respondWith(open(request));
    else if (url.origin === location.origin && files.includes(url.pathname)) event.respondWith(file(request));
  });
}
