// What a page asks the service: read anew when what is asked changes, and when the page says so.
import type { TypedDocumentNode } from "@urql/core";
import { useCallback, useEffect, useState } from "react";
import { read } from "./client";

export interface Answer<Result> {
  data: Result | null;
  failed: boolean;
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
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    read(document, JSON.parse(asked) as Variables)
      .then((found) => wanted && setData(found))
      .catch(() => wanted && setFailed(true));
    return () => {
      wanted = false;
    };
  }, [document, asked, turn]);
  const again = useCallback(() => setTurn((now) => now + 1), []);
  return { data, failed, again };
}
