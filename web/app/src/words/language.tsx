// The words of the pages, in the reader's language: English is here, Hindi comes when it is read.
import { createStore, useStore } from "../api/store";
import { en, type Words } from "./en";

export type Language = "en" | "hi";

const KEPT = "battwheels-language";
export const LANGUAGES: Record<Language, string> = { en: "English", hi: "हिन्दी" };

interface Spoken {
  language: Language;
  words: Words;
}

export const spoken = createStore<Spoken>({ language: "en", words: en });

export function useWords(): Words {
  return useStore(spoken).words;
}

export function useLanguage(): Language {
  return useStore(spoken).language;
}

/** Speak as the reader chose, or else as their phone does. */
export function startLanguage(): Promise<void> {
  const kept = localStorage.getItem(KEPT);
  const wanted = kept ?? navigator.language.slice(0, 2);
  return wanted === "hi" ? speak("hi") : Promise.resolve();
}

export async function choose(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await speak(language);
}

async function speak(language: Language): Promise<void> {
  const words = language === "hi" ? (await import("./hi")).hi : en;
  document.documentElement.lang = language;
  spoken.set({ language, words });
}
