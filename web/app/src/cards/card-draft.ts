// A card that is being written, with the id it will be sent by: a killed tab loses neither.
import { operationId } from "../api/operation-id";
import { type Content, NOTHING, type Said, saidOf } from "./content";

/** `base`: the card as it stood when the form was opened; null: there is none yet. */
export interface CardDraft {
  operation: string;
  base: Content | null;
  said: Said;
}

const named = (person: string, card: string | null) => `battwheels-card-${person}-${card ?? "new"}`;

/** Open the form that was left, or a fresh one of the card as it stands. */
export function openCardDraft(person: string, card: Content | null): CardDraft {
  const fresh = { operation: operationId(), base: card, said: card ? saidOf(card) : NOTHING };
  try {
    return { ...fresh, ...JSON.parse(localStorage.getItem(named(person, card?.key ?? null)) ?? "{}") };
  } catch {
    return fresh;
  }
}

/** A full phone keeps no draft and still sends what is on the page. */
export function keepCardDraft(person: string, draft: CardDraft): void {
  try {
    localStorage.setItem(named(person, draft.base?.key ?? null), JSON.stringify(draft));
  } catch {
    // What stands on the page stays there.
  }
}

export function dropCardDraft(person: string, card: string | null): void {
  localStorage.removeItem(named(person, card));
}
