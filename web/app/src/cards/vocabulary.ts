// The parts and components that a card may name.
import { useEffect, useState } from "react";
import { read } from "../api/client";
import { PartsAndComponentsDocument, type PartsAndComponentsQuery } from "../gql/graphql";

export interface Named {
  key: string;
  name: string;
}

export interface Vocabulary {
  parts: Named[];
  components: Named[];
}

// So many pages of a hundred are read; who names what stands behind them asks the API.
const PAGES = 10;

/** Give them once they are read; none where nobody answers: what stands in the form stays. */
export function useVocabulary(): Vocabulary {
  const [found, setFound] = useState<Vocabulary>({ parts: [], components: [] });
  useEffect(() => {
    let wanted = true;
    void readVocabulary().then((read) => wanted && setFound(read), () => undefined);
    return () => {
      wanted = false;
    };
  }, []);
  return found;
}

async function readVocabulary(): Promise<Vocabulary> {
  const parts: Named[] = [];
  const components: Named[] = [];
  const places: { afterPart?: string | null; afterComponent?: string | null } = {};
  for (let page = 0; page < PAGES; page++) {
    const found: PartsAndComponentsQuery = await read(PartsAndComponentsDocument, places);
    if (page === 0 || places.afterPart) parts.push(...found.parts.edges.map(({ node }) => node));
    if (page === 0 || places.afterComponent) components.push(...found.components.edges.map(({ node }) => node));
    places.afterPart = found.parts.pageInfo.hasNextPage ? found.parts.pageInfo.endCursor : null;
    places.afterComponent = found.components.pageInfo.hasNextPage ? found.components.pageInfo.endCursor : null;
    if (!places.afterPart && !places.afterComponent) break;
  }
  return { parts: inOrder(parts), components: inOrder(components) };
}

function inOrder(named: Named[]): Named[] {
  return named.sort((one, other) => one.name.localeCompare(other.name));
}
