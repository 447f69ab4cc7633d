import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes, TextareaHTMLAttributes } from "react";
import { useId } from "react";
import { useWords } from "../words/language";

export const BOX =
  "w-full min-h-12 rounded-xl border border-line bg-sheet px-4 py-3 text-ink " +
  "placeholder:text-quiet aria-invalid:border-danger";

interface Told {
  label: string;
  hint?: string;
  wrong?: string;
}

/** A control with its name, a hint, and what is wrong with it. */
function Labelled(props: Told & { id: string; optional: boolean; children: ReactNode }) {
  const { label, hint, wrong, id, optional, children } = props;
  const words = useWords();
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="flex items-baseline justify-between gap-3 font-semibold">
        {label}{" "}
        {optional && <span className="text-sm font-normal text-quiet">{words.app.optional}</span>}
      </label>
      {children}
      {(wrong ?? hint) && (
        <p id={`${id}-said`} className={`text-sm ${wrong ? "text-danger" : "text-quiet"}`}>
          {wrong ?? hint}
        </p>
      )}
    </div>
  );
}

function told(id: string, { hint, wrong }: Told) {
  return {
    id,
    "aria-invalid": wrong ? true : undefined,
    "aria-describedby": (wrong ?? hint) ? `${id}-said` : undefined,
  } as const;
}

export function TextField(props: Told & InputHTMLAttributes<HTMLInputElement>) {
  const { label, hint, wrong, ...rest } = props;
  const id = useId();
  return (
    <Labelled {...{ label, hint, wrong, id }} optional={!rest.required}>
      <input className={BOX} {...rest} {...told(id, props)} />
    </Labelled>
  );
}

export function TextArea(props: Told & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { label, hint, wrong, ...rest } = props;
  const id = useId();
  return (
    <Labelled {...{ label, hint, wrong, id }} optional={!rest.required}>
      <textarea className={BOX} rows={4} {...rest} {...told(id, props)} />
    </Labelled>
  );
}

export function Choice(props: Told & SelectHTMLAttributes<HTMLSelectElement>) {
  const { label, hint, wrong, ...rest } = props;
  const id = useId();
  return (
    <Labelled {...{ label, hint, wrong, id }} optional={false}>
      <select className={BOX} {...rest} {...told(id, props)} />
    </Labelled>
  );
}
