// What two states of a card say differently, field by field; and what becomes of a form of one of them.
import { type Content, inputOf, type Said, saidOf } from "./content";

export type FieldName = keyof Said;

/** `rest`: something that the form of a card does not show. */
export interface Difference {
  name: FieldName | "status" | "rest";
  was: string;
  is: string;
}

export type Naming = (name: FieldName, value: string) => string;

/** Give what changed between two versions, in the words of the page. */
export function differencesOf(before: Content, after: Content, naming: Naming): Difference[] {
  const [was, is] = [saidOf(before), saidOf(after)];
  const told: Difference[] = namesOf(is)
    .filter((name) => !same(was[name], is[name]))
    .map((name) => ({ name, was: shown(was, name, naming), is: shown(is, name, naming) }));
  if (before.cardStatus !== after.cardStatus) told.push({ name: "status", was: before.cardStatus, is: after.cardStatus });
  const rest = !same(restOf(before), restOf(after));
  return rest ? [...told, { name: "rest", was: "", is: "" }] : told;
}

/** A form of a card that somebody else changed meanwhile: what was not touched becomes theirs, what was
 * stays mine; `torn` are fields that both changed. */
export function rebase(base: Said, mine: Said, theirs: Said): { said: Said; torn: FieldName[] } {
  const said = { ...mine };
  const torn: FieldName[] = [];
  for (const name of namesOf(mine)) {
    if (same(mine[name], base[name])) take(said, theirs, name);
    else if (!same(theirs[name], base[name]) && !same(theirs[name], mine[name])) torn.push(name);
  }
  return { said, torn };
}

/** Put one field of another form into this one. */
export function take<Name extends FieldName>(into: Said, from: Said, name: Name): void {
  into[name] = from[name];
}

/** Give a field as people read it, a line for each entry of a list. */
export function shown(said: Said, name: FieldName, naming: Naming): string {
  if (name === "steps") {
    return said.steps.map((step, n) => [`${n + 1}.`, step.safety ? "⚠" : "", step.action, step.tools && `(${step.tools})`].filter(Boolean).join(" ")).join("\n");
  }
  if (name === "parts") return said.parts.map(({ part, quantity }) => `${quantity} × ${part}`).join("\n");
  if (name === "highVoltage") return naming(name, String(said.highVoltage));
  return naming(name, said[name]);
}

/** What a form does not show of a card. */
function restOf(card: Content) {
  const { cause, evidence, signature, vehicles, visibility } = inputOf(saidOf(card), card);
  const { failureMode, occurrence, symptoms, environment } = signature;
  const [, ...others] = vehicles ?? [];
  const { secondary, confidence, reasoning, cites } = cause;
  return [failureMode, occurrence, symptoms, environment, evidence, others, visibility, secondary, confidence, reasoning, cites];
}

function namesOf(said: Said): FieldName[] {
  return Object.keys(said) as FieldName[];
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
