import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

type Tone = "danger" | "warn" | "calm";

const TONES: Record<Tone, string> = {
  danger: "bg-danger-soft border-danger text-danger",
  warn: "bg-warn-soft border-warn text-warn",
  calm: "bg-sheet border-line text-quiet",
};

/** Something to know before anything else on the page. */
export function Notice(props: { tone: Tone; title?: string; children?: ReactNode }) {
  const { tone, title, children } = props;
  const Sign = tone === "calm" ? Info : TriangleAlert;
  return (
    <div className={`flex gap-3 rounded-xl border-l-4 p-4 ${TONES[tone]}`}>
      <Sign aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0 space-y-1 text-ink">
        {title && <p className="font-semibold">{title}</p>}
        {children}
      </div>
    </div>
  );
}
