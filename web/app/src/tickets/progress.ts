// How far a repair has come on this phone: what the gate asked, and the steps, each with its moment.
export interface Progress {
  ticket: string;
  card: string | null;
  safe: Record<string, number>;
  done: Record<number, number>;
  beganAt: number;
}

export function beginProgress(ticket: string, card: string | null, now: number): Progress {
  return { ticket, card, safe: {}, done: {}, beganAt: now };
}
