// Whether the phone has room for what is to be kept.
import { createStore } from "../api/store";

/** There is no room left on the phone; what was being kept is not. */
export class PhoneFull extends Error {}

export const phoneFull = createStore(false);
