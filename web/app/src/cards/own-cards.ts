// The cards that somebody wrote, read out of those that their garage found.
import { useEffect, useState } from "react";
import { read } from "../api/client";
import { CardsOfGarageDocument, type CardsOfGarageQuery } from "../gql/graphql";
import type { Person } from "../people/person";

export type OwnCard = CardsOfGarageQuery["cards"]["edges"][number]["node"];

// So many pages of a hundred are read of a garage; who wrote behind them asks the API.
const PAGES = 10;

export interface OwnCards {
  cards: OwnCard[] | null;
  failed: boolean;
  again: () => void;
}

/** Give somebody's own cards, those that helped most often first. */
export function useOwnCards(who: Person): OwnCards {
  const [cards, setCards] = useState<OwnCard[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    readOwnCards(who).then(
      (found) => wanted && setCards(found),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [who, turn]);
  return { cards, failed, again: () => setTurn(turn + 1) };
}

async function readOwnCards(who: Person): Promise<OwnCard[]> {
  if (!who.garage) return [];
  const own: OwnCard[] = [];
  let after: string | null | undefined = null;
  for (let page = 0; page < PAGES; page++) {
    const { cards }: CardsOfGarageQuery = await read(CardsOfGarageDocument, { after, garage: who.garage.key });
    own.push(...cards.edges.map(({ node }) => node).filter(({ provenance }) => provenance.author === who.key));
    if (!cards.pageInfo.hasNextPage) break;
    after = cards.pageInfo.endCursor;
  }
  return own.sort((one, other) => other.usage.successes - one.usage.successes || other.usage.used - one.usage.used);
}
