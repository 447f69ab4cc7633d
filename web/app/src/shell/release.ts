// The worker that keeps the pages, and the release that waits until somebody takes it.
import { createStore } from "../api/store";

export const waitingRelease = createStore<ServiceWorker | null>(null);

export function keepRelease(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const worker = navigator.serviceWorker;
  const held = worker.controller !== null;
  void worker.register("/app/sw.js", { scope: "/app/" }).then((kept) => {
    if (held && kept.waiting) waitingRelease.set(kept.waiting);
    kept.addEventListener("updatefound", () => {
      const found = kept.installing;
      found?.addEventListener("statechange", () => {
        if (found.state === "installed" && worker.controller) waitingRelease.set(found);
      });
    });
    // A page that stays open for days asks now and then.
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) void kept.update().catch(() => undefined);
    });
  });
  if (held) worker.addEventListener("controllerchange", () => window.location.reload());
}

export function takeRelease(): void {
  waitingRelease.get()?.postMessage("take over");
}
