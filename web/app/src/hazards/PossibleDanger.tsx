import { useEffect, useState } from "react";
import type { Ticket } from "../replica/kept";
import { Danger } from "../tickets/Danger";
import { useLanguage } from "../words/language";

// Whoever types is not read at every letter.
const PAUSE_MS = 250;

/** What to do if a text means the danger that it may tell, until the service has read it. */
export function PossibleDanger({ text }: { text: string }) {
  const language = useLanguage();
  const [safety, setSafety] = useState<Ticket["safety"]>(null);
  useEffect(() => {
    let over = false;
    // The words are a file of their own: no page waits for it.
    const timer = window.setTimeout(async () => {
      const { possibleSafety } = await import("./hazards");
      if (!over) setSafety(possibleSafety(text, language));
    }, PAUSE_MS);
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [text, language]);
  return <Danger safety={safety} perhaps />;
}
