import type { LucideIcon } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link, useRoute } from "wouter";
import { useStore } from "../api/store";
import { phoneFull } from "../outbox/room";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { person } from "../people/person";
import { keepSyncing } from "../replica/sync";
import { useWords } from "../words/language";
import { AT_BENCH } from "./homes";
import { navOf } from "./navs";
import { warmPages } from "./pages";
import { takeRelease, waitingRelease } from "./release";
import { Standing } from "./Standing";

/** What stands around every page: where one may go, and what waits on this phone. */
export function Frame({ children }: { children: ReactNode }) {
  const words = useWords();
  const who = useStore(person);
  const full = useStore(phoneFull);
  const atBench = who !== null && AT_BENCH.has(who.role);
  useEffect(keepSyncing, []);
  useEffect(warmPages, []);
  return (
    <div className="mx-auto flex min-h-dvh max-w-5xl flex-col md:flex-row">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:z-20 focus:bg-sheet focus:p-4"
      >
        {words.app.skip}
      </a>
      <header className="sticky top-0 z-10 bg-paper md:h-dvh md:w-60 md:shrink-0 md:border-r md:border-line md:p-4">
        <div className="flex min-h-14 items-center justify-between gap-2 px-4 md:mb-4 md:px-0">
          <Link href="/" className="flex min-h-12 items-center gap-2 font-bold">
            <img src="/app/icon.svg" alt="" width="28" height="28" />
            {words.app.name}
          </Link>
          <div className="md:hidden">{atBench && <Standing />}</div>
        </div>
        <nav
          aria-label={words.app.pages}
          className="fixed inset-x-0 bottom-0 z-10 border-t border-line bg-sheet pb-[env(safe-area-inset-bottom)] md:static md:border-0 md:bg-transparent"
        >
          <ul className="grid auto-cols-fr grid-flow-col md:grid-flow-row md:gap-1">
            {who && navOf(who.role).map(({ to, name, sign }) => (
              <NavItem key={to} to={to} sign={sign} name={words.nav[name]} />
            ))}
          </ul>
        </nav>
        <div className="hidden pt-6 md:block">{atBench && <Standing />}</div>
      </header>
      <main id="content" tabIndex={-1} className="min-w-0 grow px-4 pb-28 outline-none md:px-8 md:pb-10">
        <Release />
        <div role="alert">{full && <Notice tone="danger">{words.app.phoneFull}</Notice>}</div>
        <div className="mx-auto max-w-2xl">{children}</div>
      </main>
    </div>
  );
}

function NavItem({ to, name, sign: Sign }: { to: string; name: string; sign: LucideIcon }) {
  const [here] = useRoute(to);
  return (
    <li>
      <Link
        href={to}
        aria-current={here ? "page" : undefined}
        className={`flex min-h-16 flex-col items-center justify-center gap-0.5 text-sm font-medium md:min-h-12 md:flex-row md:justify-start md:gap-3 md:rounded-xl md:px-4 md:text-base ${
          here ? "text-accent md:bg-accent-soft" : "text-quiet active:text-ink"
        }`}
      >
        <Sign aria-hidden className="size-6" />
        {name}
      </Link>
    </li>
  );
}

function Release() {
  const words = useWords();
  const found = useStore(waitingRelease);
  if (!found) return null;
  return (
    <div role="status" className="my-2 flex items-center justify-between gap-3 rounded-xl bg-accent-soft p-3 pl-4">
      {words.app.newRelease}
      <Button onClick={takeRelease}>{words.app.takeRelease}</Button>
    </div>
  );
}
