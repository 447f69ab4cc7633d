import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../parts/Button";
import { Tick } from "../parts/Tick";
import { TextArea, TextField } from "../parts/Field";
import { useWords } from "../words/language";
import { NO_STEP, type SaidStep } from "./content";

/** The steps of a fix, each of which moves, comes and goes by buttons. */
export function StepFields(props: {
  steps: SaidStep[];
  wrong: (place: number) => string | undefined;
  write: (steps: SaidStep[]) => void;
}) {
  const { steps, wrong, write } = props;
  const words = useWords();
  const put = (at: number, part: Partial<SaidStep>) => write(steps.map((step, n) => (n === at ? { ...step, ...part } : step)));

  function move(at: number, by: number) {
    const moved = [...steps];
    moved.splice(at + by, 0, ...moved.splice(at, 1));
    write(moved);
  }

  return (
    <>
      <ol className="space-y-6">
        {steps.map((step, n) => (
          <li key={n} className="space-y-3 border-t border-line pt-4 first:border-0 first:pt-0">
            <TextArea
              label={words.cardForm.step(n + 1)}
              required
              rows={2}
              dir="auto"
              maxLength={2_000}
              value={step.action}
              wrong={wrong(n)}
              onChange={(event) => put(n, { action: event.target.value })}
            />
            <div className="grid grid-cols-[7rem_1fr] gap-4 [&>*]:min-w-0">
              <TextField
                label={words.cardForm.minutes}
                inputMode="numeric"
                required
                value={step.minutes}
                onChange={(event) => put(n, { minutes: event.target.value })}
              />
              <TextField label={words.steps.tools} dir="auto" value={step.tools} onChange={(event) => put(n, { tools: event.target.value })} />
            </div>
            <Tick label={words.steps.safety} checked={step.safety} tick={(safety) => put(n, { safety })} />
            <div className="flex gap-3">
              <Sign name={words.cardForm.up(n + 1)} disabled={n === 0} act={() => move(n, -1)}><ArrowUp aria-hidden /></Sign>
              <Sign name={words.cardForm.down(n + 1)} disabled={n === steps.length - 1} act={() => move(n, 1)}><ArrowDown aria-hidden /></Sign>
              <Sign name={words.cardForm.dropStep(n + 1)} act={() => write(steps.filter((_, at) => at !== n))}><Trash2 aria-hidden /></Sign>
            </div>
          </li>
        ))}
      </ol>
      <Button look="plain" className="w-full" disabled={steps.length >= 100} onClick={() => write([...steps, NO_STEP])}>
        <Plus aria-hidden className="size-5" />
        {words.cardForm.addStep}
      </Button>
    </>
  );
}

export function Sign(props: { name: string; disabled?: boolean; act: () => void; children: ReactNode }) {
  const { name, disabled, act, children } = props;
  return (
    <Button look="plain" aria-label={name} disabled={disabled} className="size-12 px-0" onClick={act}>{children}</Button>
  );
}
