import { useWords } from "../words/language";
import { rupees } from "../words/money";
import { Sums } from "../parts/Sums";

interface Line {
  number: number;
  description: string;
  quantity?: string | null;
  unit: string;
  rate: string;
  total: { paise: number };
}

type Totals = Record<"taxable" | "cgst" | "sgst" | "igst" | "roundOff" | "payable", { paise: number }>;

/** What a bill says: its lines, its taxes, its sum. */
export function Lines({ lines, totals }: { lines: Line[]; totals: Totals }) {
  const words = useWords();
  const sums = (["taxable", "cgst", "sgst", "igst", "roundOff"] as const)
    .filter((name) => totals[name].paise !== 0)
    .map((name): [string, number] => [words.sums[name], totals[name].paise]);
  return (
    <>
      <ul className="divide-y divide-line">
        {lines.map((line) => (
          <li key={line.number} className="flex justify-between gap-3 py-2">
            <span className="min-w-0">
              <span className="block [overflow-wrap:anywhere]" dir="auto">{line.description}</span>
              <span className="text-sm text-quiet">
                {line.quantity && `${line.quantity} ${line.unit} · `}
                {words.sums.rate(line.rate)}
              </span>
            </span>
            <span className="shrink-0 tabular-nums">{rupees(line.total.paise)}</span>
          </li>
        ))}
      </ul>
      <Sums of={[...sums, [words.sums.payable, totals.payable.paise]]} />
    </>
  );
}
