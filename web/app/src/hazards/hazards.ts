// Dangers that a text may tell, found on the phone: a warning waits for no network.
//
// Words of each group of a hazard stand near each other, as `ingest/hazards.py` reads them. What a text
// denies is not seen here, so all of it is said as "perhaps"; the service's reading takes its place.
import type { Ticket } from "../replica/kept";
import type { Language } from "../words/language";
import file from "./hazard-words.json";

type Safety = NonNullable<Ticket["safety"]>;
type Kind = Safety["hazards"][number];
type Group = keyof typeof file.advice;

interface Hazard {
  kind: Kind;
  group: Group;
  window: number;
  told: string[][];
}

/** Words in a row, the last of which may be a beginning (`smok*`), and what they are of. */
interface Row {
  words: string[];
  group: string;
}

/** A word of a text, by its place, and what it is of. */
interface Told {
  at: number;
  groups: Set<string>;
}

const HARMLESS = "";
const hazards = file.hazards as Hazard[];
const whole = new Map<string, Row[]>();
const begun = new Map<string, Row[]>();
for (const [group, words] of Object.entries(file.groups)) for (const word of words) keep(word.split("_"), group);
for (const phrase of file.harmless) keep(phrase.split(" "), HARMLESS);

function keep(words: string[], group: string): void {
  const first = words[0]!;
  const row = { words, group };
  if (words.length === 1 && first.endsWith("*")) put(begun, first.slice(0, -1), row);
  else put(whole, first, row);
}

function put(rows: Map<string, Row[]>, first: string, row: Row): void {
  rows.set(first, [...(rows.get(first) ?? []), row]);
}

/** Give what to do about the dangers that a text may tell; null where it tells none. */
export function possibleSafety(text: string, language: Language): Safety | null {
  const told = toldIn(text);
  const found = hazards.filter(({ told: patterns, window }) => patterns.some((names) => stand(names, told, window)));
  if (found.length === 0) return null;
  const steps = [...new Set(found.map(({ group }) => group))].flatMap((group) => file.advice[group][language]);
  return { __typename: "SafetyAdvice", hazards: found.map(({ kind }) => kind), steps, language };
}

/** Give the words of a text that are of a group, in their order. */
function toldIn(text: string): Told[] {
  const words = text.normalize("NFC").toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const groups = words.map(() => new Set<string>());
  const harmless = new Set<number>();
  words.forEach((word, at) => {
    const rows = [...(whole.get(word) ?? []), ...beginningsOf(word)];
    for (const { words: row, group } of rows) {
      if (!row.every((one, n) => fits(one, words[at + n]))) continue;
      if (group !== HARMLESS) groups[at]!.add(group);
      else row.forEach((_, n) => harmless.add(at + n));
    }
  });
  return groups.map((own, at) => ({ at, groups: own })).filter(({ at, groups }) => groups.size > 0 && !harmless.has(at));
}

function beginningsOf(word: string): Row[] {
  const ends = Array.from({ length: word.length }, (_, n) => word.slice(0, n + 1));
  return ends.flatMap((begin) => begun.get(begin) ?? []);
}

function fits(one: string, word: string | undefined): boolean {
  if (word === undefined) return false;
  return one.endsWith("*") ? word.startsWith(one.slice(0, -1)) : word === one;
}

/** Say whether a word of each group stands among so many that follow each other. */
function stand(names: string[], told: Told[], window: number): boolean {
  return told.some(({ at, groups }, first) => {
    if (!names.some((name) => groups.has(name))) return false;
    const near = told.slice(first, first + window).filter((there) => there.at < at + window);
    return names.every((name) => near.some((there) => there.groups.has(name)));
  });
}
