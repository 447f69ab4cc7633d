// Hand in, then catch up: when the pages open, when the network comes back, after each deed.
import { Unreachable } from "../api/client";
import { SignedOut } from "../api/session";
import { createStore } from "../api/store";
import { handIn } from "../outbox/hand-in";
import { person } from "../people/person";
import { AT_BENCH } from "../shell/homes";
import { catchUp } from "./catch-up";
import { type Kept, openKept } from "./kept";

const PACE_MS = 20_000;
const SOON_MS = 1_500;

/** Whether the service answers; `said` is what it refused us with. */
export interface Link {
  reached: boolean;
  said?: string;
}

export const link = createStore<Link>({ reached: navigator.onLine });
let running: Promise<void> | null = null;
let again = false;
let timer = 0;
let keeping = false;

/** Sync now; who asks while it runs has it run once more behind. */
export function syncNow(): Promise<void> {
  again = true;
  running ??= run().finally(() => {
    running = null;
    void arm();
  });
  return running;
}

/** Come again by oneself: soon while cards are searched for, else now and then. */
async function arm(): Promise<void> {
  const who = person.get();
  const soon = who !== null && link.get().reached && (await searchRuns(await openKept(who.key)));
  window.clearTimeout(timer);
  if (keeping) timer = window.setTimeout(syncNow, soon ? SOON_MS : PACE_MS);
}

async function run(): Promise<void> {
  while (again) {
    again = false;
    const who = person.get();
    if (!who || !AT_BENCH.has(who.role)) return;
    // One tab at a time: two would hand the same records in.
    await navigator.locks.request(`battwheels-sync-${who.key}`, async () => {
      await attempt(await openKept(who.key));
    });
  }
}

async function attempt(kept: Kept): Promise<void> {
  try {
    await handIn(kept);
    await catchUp(kept);
    if (await sendPhotos(kept)) await catchUp(kept);
    link.set({ reached: true });
  } catch (error) {
    if (error instanceof SignedOut) return;
    const away = error instanceof Unreachable || error instanceof TypeError;
    link.set(away ? { reached: false } : { reached: true, said: (error as Error).message });
  }
}

/** Send what photos wait, and after each what waited for it; give whether any went. */
async function sendPhotos(kept: Kept): Promise<boolean> {
  if ((await kept.count("photos")) === 0) return false;
  const { sendNextPhoto } = await import("../files/send-photos");
  let sent = false;
  while (await sendNextPhoto(kept)) {
    await handIn(kept);
    sent = true;
  }
  return sent;
}

/** Sync as long as the pages are open; give what ends that. */
export function keepSyncing(): (() => void) | undefined {
  if (!AT_BENCH.has(person.get()?.role ?? "ADMIN")) return undefined;
  keeping = true;
  // What waits is to outlive a phone that needs room.
  void navigator.storage?.persist?.();
  const tick = () => void syncNow();
  const seen = () => {
    if (!document.hidden) tick();
  };
  const lost = () => link.set({ reached: false });
  window.addEventListener("online", tick);
  window.addEventListener("offline", lost);
  document.addEventListener("visibilitychange", seen);
  tick();
  let deaf: () => void = () => undefined;
  void import("./hints").then(({ followHints }) => {
    if (keeping) deaf = followHints(tick);
  });
  return () => {
    keeping = false;
    deaf();
    window.clearTimeout(timer);
    window.removeEventListener("online", tick);
    window.removeEventListener("offline", lost);
    document.removeEventListener("visibilitychange", seen);
  };
}

/** Whether the cards of a ticket are still being searched for. */
async function searchRuns(kept: Kept): Promise<boolean> {
  const tickets = await kept.getAll("tickets");
  return tickets.some(({ matching, ticketStatus }) => matching === "PENDING" && ticketStatus !== "CLOSED");
}
