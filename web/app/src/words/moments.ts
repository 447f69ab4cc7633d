// Moments and amounts as people of the chosen language write them.
import type { Language } from "./language";

const LOCALES: Record<Language, string> = { en: "en-IN", hi: "hi-IN" };
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** How long ago, as "3 hours ago". */
export function ago(moment: string | number, language: Language, now: number = Date.now()): string {
  const seconds = Math.round((new Date(moment).getTime() - now) / 1000);
  const words = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "auto" });
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return words.format(Math.round(seconds / length), unit);
  }
  return words.format(0, "minute");
}

export function clock(moment: string | number, language: Language): string {
  const style = { dateStyle: "medium", timeStyle: "short" } as const;
  return new Intl.DateTimeFormat(LOCALES[language], style).format(new Date(moment));
}

export function percent(part: number, language: Language): string {
  return new Intl.NumberFormat(LOCALES[language], { style: "percent" }).format(part);
}
