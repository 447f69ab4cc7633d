import { useWords } from "../words/language";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Nobody answered: what to do about it. */
export function Failed({ again }: { again: () => void }) {
  const words = useWords();
  return (
    <div role="alert" className="space-y-3">
      <Notice tone="warn">{words.desk.unreachable}</Notice>
      <Button look="plain" onClick={again}>{words.app.retry}</Button>
    </div>
  );
}
