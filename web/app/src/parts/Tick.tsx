/** Something that is so or not, as large as a finger. */
export function Tick(props: { label: string; checked: boolean; tick: (checked: boolean) => void }) {
  const { label, checked, tick } = props;
  return (
    <label className="flex min-h-14 items-center gap-4 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft">
      <input
        type="checkbox"
        className="size-7 shrink-0 accent-(--color-accent)"
        checked={checked}
        onChange={(event) => tick(event.target.checked)}
      />
      {label}
    </label>
  );
}
