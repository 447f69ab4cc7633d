import { useWords } from "../words/language";
import { Button } from "./Button";
import { Notice } from "./Notice";

/** Nobody answered, or the service `said` why not: what to do about it. */
export function Failed({ again, said }: { again: () => void; said?: string | null }) {
  const words = useWords();
  return (
    <div role="alert" className="space-y-3">
      <Notice tone="warn">{said ?? words.desk.unreachable}</Notice>
      <Button look="plain" onClick={again}>{words.app.retry}</Button>
    </div>
  );
}
