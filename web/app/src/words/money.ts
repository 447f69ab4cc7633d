// Money is whole paise everywhere; people read and write rupees.
const RUPEES = new Intl.NumberFormat("en-IN", { style: "currency", currency: "INR" });
const WRITTEN = /^(\d{1,10})(?:\.(\d{1,2}))?$/;

/** Give ₹1,23,456.50 for 12345650. */
export function rupees(paise: number): string {
  return RUPEES.format(paise / 100);
}

/** Give paise of what somebody wrote, as "1,234.5"; null: it is no amount. */
export function paiseOf(written: string): number | null {
  const found = WRITTEN.exec(written.replaceAll(/[₹,\s]/g, ""));
  if (!found) return null;
  return Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}

/** Give what one would write into a field, as "1234.50". */
export function writtenRupees(paise: number): string {
  return `${Math.floor(paise / 100)}.${String(paise % 100).padStart(2, "0")}`;
}
