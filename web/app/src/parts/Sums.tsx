import { rupees } from "../words/money";

/** Amounts under each other; the last one is what counts. */
export function Sums({ of }: { of: [name: string, paise: number][] }) {
  return (
    <dl className="space-y-1 border-t border-line pt-3 tabular-nums">
      {of.map(([name, paise], n) => (
        <div key={name} className={`flex justify-between gap-3 ${n === of.length - 1 ? "text-lg font-bold" : "text-quiet"}`}>
          <dt>{name}</dt>
          <dd>{rupees(paise)}</dd>
        </div>
      ))}
    </dl>
  );
}
