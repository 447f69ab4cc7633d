import { useAnswer } from "../api/answer";
import { change } from "../api/client";
import { useDeed } from "../api/refusal";
import { AssignTicketDocument, NamesDocument, WhoMayTakeDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { Notice } from "../parts/Notice";
import { Skeleton } from "../parts/Sheet";
import { useWords } from "../words/language";
import type { Waiting } from "./UnassignedPage";

/** Who may take a ticket, the best first, and why. */
export function Takers({ ticket, given }: { ticket: Waiting; given: () => void }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const { data, failed, again } = useAnswer(WhoMayTakeDocument, { ticket: ticket.key });
  const { data: people } = useAnswer(NamesDocument, {});
  const names = new Map(people?.people.edges.map(({ node }) => [node.key, node.name]));

  async function give(to: string) {
    const asked = { ticket: ticket.key, version: ticket.version, to };
    const done = await deed.run(
      async (operation) => (await change(AssignTicketDocument, { operation, ...asked })).assignTicket,
      "TicketAssigned",
    );
    if (done) given();
  }

  if (failed) return <Failed again={again} />;
  if (!data) return <Skeleton lines={3} />;
  return (
    <>
      {data.suggestTechnicians.length === 0 && <Notice tone="warn">{words.unassigned.nobody}</Notice>}
      <ul className="divide-y divide-line">
        {data.suggestTechnicians.map(({ technician, load, skilled }) => {
          const name = names.get(technician.key) ?? technician.key;
          return (
            <li key={technician.key} className="flex flex-wrap items-center justify-between gap-3 py-3">
              <span className="min-w-0">
                <span className="block font-semibold">{name}</span>
                <span className="text-sm text-quiet">
                  {[
                    skilled && words.unassigned.skilled,
                    words.unassigned.load(load),
                    words.certifications[technician.certification],
                  ].filter(Boolean).join(" · ")}
                </span>
              </span>
              <Button look="plain" disabled={deed.busy} onClick={() => give(technician.key)}>
                {words.unassigned.giveTo(name)}
              </Button>
            </li>
          );
        })}
      </ul>
      <div role="alert">{deed.refused && <Notice tone="danger">{deed.refused.message}</Notice>}</div>
    </>
  );
}
