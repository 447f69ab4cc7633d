// Serves the pages of one release, with a network or without; what the API says is never kept here.
"use strict";

const RELEASE = "battwheels-__RELEASE__";
const FILES = __FILES__;
const PAGE = "/app/";

self.addEventListener("install", (event) => {
  const wanted = [PAGE, ...FILES.map((name) => PAGE + name)];
  event.waitUntil(caches.open(RELEASE).then((cache) => cache.addAll(wanted)));
});

self.addEventListener("activate", (event) => {
  const others = (names) => names.filter((name) => name !== RELEASE);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(others(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// Whoever has the page open says when: a form that is being filled in is not taken away.
self.addEventListener("message", (event) => {
  if (event.data === "take over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (!url.pathname.startsWith(PAGE)) return;
  const wanted = event.request.mode === "navigate" ? PAGE : event.request;
  event.respondWith(
    caches.open(RELEASE).then(async (cache) => (await cache.match(wanted)) ?? fetch(event.request)),
  );
});
