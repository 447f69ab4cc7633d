import { useWords } from "../words/language";
import type { Words } from "../words/en";
import type { Naming } from "./differences";

/** Give a field's value in the reader's words, where it is one of a few. */
export function useNaming(): Naming {
  const words = useWords();
  return (name, value) => named(words, name, value);
}

function named(words: Words, name: string, value: string): string {
  if (name === "severity") return words.severities[value as keyof Words["severities"]];
  if (name === "kind") return words.solutionTypes[value as keyof Words["solutionTypes"]];
  if (name === "highVoltage") return value === "true" ? words.cards.yes : words.cards.no;
  return value;
}
