// What of a card's form the service would refuse, told before it is asked.
import type { Words } from "../words/en";
import { type Said, toldSteps } from "./content";
import type { FieldName } from "./differences";

const WHOLE = /^\d{1,5}$/;

export function faultsIn(said: Said, words: Words): Partial<Record<FieldName, string>> {
  const wrong: Partial<Record<FieldName, string>> = {};
  for (const name of ["title", "text", "cause"] as const) {
    if (!said[name].trim()) wrong[name] = words.cardForm.missing;
  }
  if (said.minutes.trim() && !WHOLE.test(said.minutes.trim())) wrong.minutes = words.cardForm.minutesWrong;
  if (said.model.trim() && !said.make.trim()) wrong.make = words.report.makeMissing;
  if (said.year.trim() && !/^(19|20)\d\d$/.test(said.year.trim())) wrong.year = words.report.yearWrong;
  const steps = stepFault(said, words);
  if (steps) wrong.steps = steps;
  return wrong;
}

function stepFault(said: Said, words: Words): string | undefined {
  const told = toldSteps(said);
  const bare = told.findIndex(({ action }) => !action.trim());
  if (bare >= 0) return words.cardForm.actionMissing(bare + 1);
  if (told.some(({ minutes }) => minutes.trim() && !WHOLE.test(minutes.trim()))) return words.cardForm.minutesWrong;
  if (said.highVoltage && !told[0]?.safety) return words.cardForm.safetyFirst;
  return undefined;
}
