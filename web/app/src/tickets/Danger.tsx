import { TriangleAlert } from "lucide-react";
import type { Ticket } from "../replica/kept";
import { useWords } from "../words/language";

type Safety = NonNullable<Ticket["safety"]>;

/** What keeps people safe now; it stands before everything else on a page.
 *
 * `short`: whoever has begun has read it, and opens it again at a touch. `perhaps`: nobody has read yet
 * whether it is so. */
export function Danger(props: { safety: Ticket["safety"]; short?: boolean; perhaps?: boolean }) {
  const { safety, short = false, perhaps = false } = props;
  const words = useWords();
  if (!safety) return null;
  const named = safety.hazards.map((one) => words.hazards[one]).join(", ");
  const frame = "rounded-2xl border-2 border-danger bg-danger-soft p-4";
  if (short) {
    return (
      <details className={frame}>
        <summary className="-my-2 flex min-h-12 items-center gap-2 font-bold text-danger">
          <TriangleAlert aria-hidden className="size-6 shrink-0" />
          <span className="grow">{named}</span>
          <span className="text-sm font-semibold underline">{words.ticket.whatToDo}</span>
        </summary>
        <Steps safety={safety} />
      </details>
    );
  }
  return (
    <section aria-labelledby="danger" className={frame}>
      <h2 id="danger" className="flex items-center gap-2 text-lg font-bold text-danger">
        <TriangleAlert aria-hidden className="size-6 shrink-0" />
        {perhaps ? words.ticket.perhaps(named) : named}
      </h2>
      <Steps safety={safety} />
    </section>
  );
}

function Steps({ safety }: { safety: Safety }) {
  return (
    <ol lang={safety.language} className="list-decimal space-y-2 pt-3 pl-6 font-medium">
      {safety.steps.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}
