import type { ButtonHTMLAttributes, ReactNode } from "react";
import { Link } from "wouter";

type Look = "main" | "plain" | "danger";

const LOOKS: Record<Look, string> = {
  main: "bg-accent text-on-accent active:opacity-80",
  plain: "bg-sheet text-ink border border-line active:bg-accent-soft",
  danger: "bg-danger text-on-danger active:opacity-80",
};
const SHAPE =
  "inline-flex min-h-12 items-center justify-center gap-2 rounded-xl px-5 py-2 font-semibold " +
  "transition-opacity disabled:opacity-60";

export function Button({
  look = "main",
  className = "",
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look }) {
  return <button type="button" className={`${SHAPE} ${LOOKS[look]} ${className}`} {...rest} />;
}

export function LinkButton(props: {
  to: string;
  look?: Look;
  className?: string;
  children: ReactNode;
}) {
  const { to, look = "main", className = "", children } = props;
  return (
    <Link href={to} className={`${SHAPE} ${LOOKS[look]} ${className}`}>
      {children}
    </Link>
  );
}
