import { ArrowLeft } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { Link } from "wouter";
import { useWords } from "../words/language";

/** A page: its name, the way back, and what stands on it. */
export function Page(props: { title: string; back?: string; aside?: ReactNode; children: ReactNode }) {
  const { title, back, aside, children } = props;
  const words = useWords();
  useEffect(() => {
    document.title = `${title} · ${words.app.name}`;
  }, [title, words]);
  return (
    <>
      <div className="flex min-h-14 items-center gap-2 py-2">
        {back && (
          <Link
            href={back}
            aria-label={words.app.back}
            className="-ml-2 grid size-12 shrink-0 place-items-center rounded-xl active:bg-accent-soft"
          >
            <ArrowLeft aria-hidden />
          </Link>
        )}
        <h1 className="min-w-0 grow text-2xl font-bold tracking-tight">{title}</h1>
        {aside}
      </div>
      <div className="space-y-4">{children}</div>
    </>
  );
}
