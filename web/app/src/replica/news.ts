// Tells every open page, in this tab and others, that what the phone keeps has changed.
import { useEffect, useState, useSyncExternalStore } from "react";
import { createStore, useStore } from "../api/store";
import { person } from "../people/person";
import { type Kept, openKept } from "./kept";

const written = createStore(0);
const others = new BroadcastChannel("battwheels-kept");
others.onmessage = () => written.set(written.get() + 1);

export function tellWritten(): void {
  written.set(written.get() + 1);
  others.postMessage("written");
}

/** What is read of the phone, and anew after each change; undefined: not read yet. */
export function useKept<T>(reading: (kept: Kept) => Promise<T>, about: string = ""): T | undefined {
  const who = useStore(person);
  const release = useSyncExternalStore(written.follow, written.get);
  const [found, setFound] = useState<{ about: string; value: T }>();
  useEffect(() => {
    if (!who) return;
    let wanted = true;
    void openKept(who.key)
      .then(reading)
      .then((value) => wanted && setFound({ about, value }));
    return () => {
      wanted = false;
    };
    // `about` names what `reading` depends on.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [who, release, about]);
  return found?.about === about ? found.value : undefined;
}
