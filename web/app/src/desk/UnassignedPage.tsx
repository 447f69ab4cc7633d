import { TriangleAlert, UserRoundCheck } from "lucide-react";
import { useState } from "react";
import { useAnswer } from "../api/answer";
import { UnassignedDocument, type UnassignedQuery } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Failed } from "../parts/Failed";
import { More } from "../parts/More";
import { Page } from "../parts/Page";
import { Empty, Sheet, Skeleton } from "../parts/Sheet";
import { useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import { Takers } from "./Takers";

export type Waiting = UnassignedQuery["tickets"]["edges"][number]["node"];

/** Tickets that nobody has, and who may take each. */
export default function UnassignedPage() {
  const words = useWords();
  const [after, setAfter] = useState<(string | null)[]>([null]);
  const [open, setOpen] = useState<string | null>(null);
  const { data, failed, again } = useAnswer(UnassignedDocument, { after: after.at(-1) ?? null });
  const found = data?.tickets.edges.map(({ node }) => node);
  return (
    <Page title={words.unassigned.title}>
      {failed && <Failed again={again} />}
      {!found && !failed && <Skeleton lines={8} />}
      {found?.length === 0 && (
        <Empty sign={<UserRoundCheck />} title={words.unassigned.empty}>{words.unassigned.emptyHint}</Empty>
      )}
      <ul className="space-y-3">
        {found?.map((ticket) => (
          <li key={ticket.key}>
            <Sheet>
              <Told ticket={ticket} />
              <Button
                look={open === ticket.key ? "plain" : "main"}
                aria-expanded={open === ticket.key}
                onClick={() => setOpen(open === ticket.key ? null : ticket.key)}
              >
                {open === ticket.key ? words.app.close : words.unassigned.give}
              </Button>
              {open === ticket.key && <Takers ticket={ticket} given={again} />}
            </Sheet>
          </li>
        ))}
      </ul>
      <More places={after} go={setAfter} page={data?.tickets.pageInfo} />
    </Page>
  );
}

function Told({ ticket }: { ticket: Waiting }) {
  const words = useWords();
  const language = useLanguage();
  const { make, model, year } = ticket.vehicle;
  return (
    <>
      {ticket.safety && (
        <p className="flex items-center gap-1.5 font-semibold text-danger">
          <TriangleAlert aria-hidden className="size-5" />
          {ticket.safety.hazards.map((one) => words.hazards[one]).join(", ")}
        </p>
      )}
      <p className="flex justify-between gap-3 text-sm text-quiet">
        <span className="truncate">{[make, model, year].filter(Boolean).join(" ")}</span>
        <time dateTime={ticket.openedAt} className="shrink-0">{ago(ticket.openedAt, language)}</time>
      </p>
      <h2 className="line-clamp-3 text-lg leading-snug font-semibold" dir="auto">{ticket.text}</h2>
    </>
  );
}
