// A report that is being written, with the id it will be sent by: a killed tab loses neither.
import { operationId } from "../api/operation-id";

export interface Draft {
  id: string;
  text: string;
  codes: string;
  make: string;
  model: string;
  year: string;
}

const NAMED = (person: string) => `battwheels-draft-${person}`;

export function openDraft(person: string): Draft {
  const fresh = { id: operationId(), text: "", codes: "", make: "", model: "", year: "" };
  try {
    return { ...fresh, ...JSON.parse(localStorage.getItem(NAMED(person)) ?? "{}") };
  } catch {
    return fresh;
  }
}

/** Whether it could be kept; a full phone still sends what is on the page. */
export function keepDraft(person: string, draft: Draft): boolean {
  try {
    localStorage.setItem(NAMED(person), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(person: string): void {
  localStorage.removeItem(NAMED(person));
}
