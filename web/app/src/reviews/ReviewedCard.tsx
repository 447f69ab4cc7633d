import type { ReviewedCardFragment } from "../gql/graphql";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";

/** A card as a reviewer reads it: danger, cause, steps, what came of it. */
export function ReviewedCard({ card, title }: { card: ReviewedCardFragment; title?: string }) {
  const words = useWords();
  const hindi = useLanguage() === "hi";
  const { resolution, usage } = card;
  return (
    <Sheet title={title}>
      {resolution.highVoltage && <Notice tone="danger" title={words.ticket.highVoltage} />}
      <h3 className="text-lg font-semibold" dir="auto">{(hindi && card.titleIn?.text) || card.title}</h3>
      <p className="text-sm text-quiet">
        {usage.used === 0 ? words.ticket.untried : words.ticket.worksIn(usage.successes, usage.used)} · {words.ticket.minutes(resolution.labourMinutes)}
      </p>
      <p dir="auto">
        <span className="font-semibold">{words.ticket.cause}: </span>
        {card.cause.primary}
      </p>
      <ol className="list-decimal space-y-1 pl-6">
        {resolution.steps.map((step) => (
          <li key={step.number} dir="auto" className={step.safety ? "font-semibold text-danger" : ""}>
            {(hindi && step.actionIn?.text) || step.action}
          </li>
        ))}
      </ol>
    </Sheet>
  );
}
