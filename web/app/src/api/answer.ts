// What a page asks the service: read anew when what is asked changes, and when the page says so.
import type { TypedDocumentNode } from "@urql/core";
import { useCallback, useEffect, useState } from "react";
import { read, Unreachable } from "./client";

export interface Answer<Result> {
  data: Result | null;
  failed: boolean;
  /** What the service refuses it with; null: it was not refused. */
  said: string | null;
  again: () => void;
}

/** Ask; what came before stands until the next answer is there. */
export function useAnswer<Result, Variables extends object>(
  document: TypedDocumentNode<Result, Variables>,
  variables: Variables,
): Answer<Result> {
  const asked = JSON.stringify(variables);
  const [data, setData] = useState<Result | null>(null);
  const [failed, setFailed] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    setSaid(null);
    read(document, JSON.parse(asked) as Variables)
      .then((found) => wanted && setData(found))
      .catch((error: Error) => {
        if (!wanted) return;
        setFailed(true);
        setSaid(error instanceof Unreachable ? null : error.message);
      });
    return () => {
      wanted = false;
    };
  }, [document, asked, turn]);
  const again = useCallback(() => setTurn((now) => now + 1), []);
  return { data, failed, said, again };
}
