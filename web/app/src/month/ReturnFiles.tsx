import { Download } from "lucide-react";
import { useEffect, useState } from "react";
import { change, read } from "../api/client";
import { useDeed } from "../api/refusal";
import { ExportSalesReturnDocument, SalesReturnExportDocument, type SalesReturnExportQuery } from "../gql/graphql";
import { ownPath } from "../files/paths";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Sheet } from "../parts/Sheet";
import { useWords } from "../words/language";

type Made = SalesReturnExportQuery["salesReturnExport"];

const LOOK_MS = 1_000;

/** Have a month's GSTR-1 made, see how far it is, and fetch it. */
export function ReturnFiles({ month }: { month: string }) {
  const words = useWords();
  const deed = useDeed(words.desk.unreachable);
  const [id, setId] = useState<string | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  const over = made !== null && made.finishedAt !== null;

  useEffect(() => {
    if (id === null || over) return;
    const look = () =>
      read(SalesReturnExportDocument, { id })
        .then((found) => setMade(found.salesReturnExport))
        // It is made beside the service: the next look tells.
        .catch(() => undefined);
    const timer = window.setInterval(() => void look(), LOOK_MS);
    return () => window.clearInterval(timer);
  }, [id, over]);

  async function ask() {
    setMade(null);
    setId(null);
    const done = await deed.run(
      async (operation) => (await change(ExportSalesReturnDocument, { operation, month })).exportSalesReturn,
      "SalesReturnAsked",
    );
    if (done?.__typename === "SalesReturnAsked") setId(done.export.id);
  }

  return (
    <Sheet title={words.month.files}>
      <p className="text-quiet">{words.month.filesHint}</p>
      <div role="alert">
        {deed.refused && <Notice tone="danger">{deed.refused.message}</Notice>}
        {made?.refused && <Notice tone="danger">{made.refused}</Notice>}
      </div>
      <div role="status">
        {id !== null && !over && (
          <>
            <p>{words.month.making(made?.done ?? 0, made?.papers ?? null)}</p>
            <progress className="w-full accent-accent" aria-label={words.month.files} max={made?.papers ?? undefined} value={made?.papers ? made.done : undefined} />
          </>
        )}
      </div>
      {made?.link && (
        <a href={ownPath(made.link)} className="flex min-h-12 items-center justify-center gap-2 rounded-xl bg-accent px-5 font-semibold text-on-accent">
          <Download aria-hidden /> {words.month.fetch}
        </a>
      )}
      <Button look="plain" className="w-full" disabled={deed.busy || (id !== null && !over)} onClick={ask}>{words.month.make}</Button>
    </Sheet>
  );
}
