import type { ReactNode } from "react";
import { Link } from "wouter";

/** An entry of a list that leads to its page, as a whole to be touched. */
export function RowLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link
      href={to}
      className="block rounded-2xl border border-line bg-sheet p-4 transition-colors hover:border-accent active:bg-accent-soft"
    >
      {children}
    </Link>
  );
}
