import { useLanguage, useWords } from "../words/language";

interface Titled {
  title: string;
  titleIn?: { text: string; machineWritten: boolean } | null;
}

/** A card's title in the reader's language; what a machine translated says so. */
export function Title({ card }: { card: Titled }) {
  const language = useLanguage();
  const words = useWords();
  if (language === "en" || !card.titleIn) return <>{card.title}</>;
  return (
    <>
      {card.titleIn.text}
      {card.titleIn.machineWritten && (
        <span className="block text-sm font-normal text-quiet">{words.ticket.machineWritten}</span>
      )}
    </>
  );
}
