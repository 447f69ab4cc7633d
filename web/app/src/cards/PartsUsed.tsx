import { useAnswer } from "../api/answer";
import { PriceOfPartDocument } from "../gql/graphql";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";
import { rupees } from "../words/money";
import type { Card } from "./CardPage";

type Used = Card["resolution"]["parts"][number];

/** What the fix uses up, and what one of each costs now. */
export function PartsUsed({ parts }: { parts: Used[] }) {
  const words = useWords();
  if (parts.length === 0) return null;
  return (
    <Sheet title={words.cards.parts}>
      <ul className="divide-y divide-line">
        {parts.map((used) => (
          <li key={used.key} className="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
            <span dir="auto">{used.quantity} × {used.part?.name ?? used.key}</span>
            <Price part={used.key} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Price({ part }: { part: string }) {
  const words = useWords();
  const { data, failed } = useAnswer(PriceOfPartDocument, { part });
  if (!data && !failed) return <span className="text-quiet">…</span>;
  const amount = data?.partPrice.amount;
  if (!amount) return <span className="text-quiet">{words.cards.unpriced}</span>;
  return <span className="tabular-nums">{words.cards.each(rupees(amount.paise))}</span>;
}
