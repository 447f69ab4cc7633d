import type { ReactNode } from "react";

/** A piece of a page that belongs together. */
export function Sheet(props: { title?: string; children: ReactNode; className?: string }) {
  const { title, children, className = "" } = props;
  return (
    <section className={`space-y-3 rounded-2xl border border-line bg-sheet p-4 ${className}`}>
      {title && <h2 className="text-lg font-semibold">{title}</h2>}
      {children}
    </section>
  );
}

/** What stands where the content will, as large as that: nothing jumps when it comes. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div aria-hidden className="space-y-3 rounded-2xl border border-line bg-sheet p-4">
      {Array.from({ length: lines }, (_, n) => (
        <div key={n} className={`h-4 animate-pulse rounded bg-line ${n % 2 ? "w-2/3" : "w-full"}`} />
      ))}
    </div>
  );
}

export function Empty(props: { sign: ReactNode; title: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <div aria-hidden className="rounded-full bg-accent-soft p-5 text-accent [&>svg]:size-8">
        {props.sign}
      </div>
      <p className="text-lg font-semibold">{props.title}</p>
      <div className="max-w-sm text-quiet">{props.children}</div>
    </div>
  );
}
