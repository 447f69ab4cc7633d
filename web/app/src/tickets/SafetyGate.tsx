import { ShieldAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "../parts/Button";
import { useWords } from "../words/language";
import type { Progress } from "./progress";
import { keepProgress } from "./repair";

export const DEMANDS = ["off", "gloves", "alone", "isolated", "dead"] as const;

/** Whether all that high voltage demands was done; until then there is no step to see. */
export function isSafe({ safe }: Progress): boolean {
  return DEMANDS.every((one) => safe[one] !== undefined);
}

export function SafetyGate({ progress }: { progress: Progress }) {
  const words = useWords();
  const [done, setDone] = useState(progress.safe);
  const missing = DEMANDS.filter((one) => done[one] === undefined).length;

  function tick(one: string, checked: boolean) {
    const { [one]: _, ...others } = done;
    setDone(checked ? { ...others, [one]: Date.now() } : others);
  }

  return (
    <section className="space-y-4 rounded-2xl border-2 border-danger bg-sheet p-4">
      <div className="flex items-center gap-3 text-danger">
        <ShieldAlert aria-hidden className="size-9 shrink-0" />
        <h2 className="text-xl font-bold">{words.gate.title}</h2>
      </div>
      <p>{words.gate.lead}</p>
      <ul className="space-y-2">
        {DEMANDS.map((one) => (
          <li key={one}>
            <label className="flex min-h-14 items-center gap-4 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft">
              <input
                type="checkbox"
                className="size-7 shrink-0 accent-(--color-accent)"
                checked={done[one] !== undefined}
                onChange={(event) => tick(one, event.target.checked)}
              />
              {words.gate[one]}
            </label>
          </li>
        ))}
      </ul>
      <Button
        className="w-full"
        disabled={missing > 0}
        onClick={() => keepProgress({ ...progress, safe: done })}
      >
        {missing > 0 ? words.gate.missing(missing) : words.gate.go}
      </Button>
    </section>
  );
}
