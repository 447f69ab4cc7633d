// What the service says when it does not do what was asked: in its words, at the field that it names.
import { useRef, useState } from "react";
import { Unreachable } from "./client";
import { useWords } from "../words/language";
import { operationId } from "./operation-id";

export interface Refused {
  field?: string;
  message: string;
}

type Told = { __typename?: string };

interface Deed {
  refused: Refused | null;
  busy: boolean;
  /** Do it under the id of this form; null: it was refused, or nobody answered. */
  run: <Result extends Told>(work: (operation: string) => Promise<Result>, done: string) => Promise<Result | null>;
}

/** A deed of a form: its id is made when the form opens, so that twice is once.
 *
 * A form that outlives its tab gives the id that it `began` with, and keeps each one that follows. */
export function useDeed(unreachable: string, began?: string, follow?: (id: string) => void): Deed {
  const words = useWords();
  const [refused, setRefused] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);
  const id = useRef<string>(undefined);
  id.current ??= began ?? operationId();
  return {
    refused,
    busy,
    async run(work, done) {
      setBusy(true);
      setRefused(null);
      try {
        const told = await work(id.current!);
        if (told.__typename === "OperationConflict") {
          // An earlier try was taken, and its answer lost: under another id it would be done twice.
          setRefused({ message: words.app.doneBefore });
          return null;
        }
        // A refusal is an answer to this id: what is put right is another deed.
        id.current = operationId();
        if (told.__typename !== done) follow?.(id.current);
        if (told.__typename === done) return told;
        setRefused(told as unknown as Refused);
      } catch (error) {
        setRefused({ message: error instanceof Unreachable ? unreachable : String((error as Error).message) });
      } finally {
        setBusy(false);
      }
      return null;
    },
  };
}

/** Give what is wrong with a field: the service names a part by the end of its path. */
export function wrongAt(refused: Refused | null, ...fields: string[]): string | undefined {
  const at = refused?.field;
  return at !== undefined && fields.some((one) => at === one || at.endsWith(`.${one}`)) ? refused?.message : undefined;
}
