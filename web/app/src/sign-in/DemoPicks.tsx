import { useEffect, useState } from "react";
import { Button } from "../parts/Button";
import { useWords } from "../words/language";
import type { Words } from "../words/en";

interface Pick {
  name: string;
  role: keyof Words["roles"];
  email: string;
  password: string;
}

/** The demo's people, each a button; the demo alone offers them, and on this machine alone. */
export function DemoPicks(props: { busy: boolean; pick: (email: string, password: string) => void }) {
  const words = useWords();
  const [people, setPeople] = useState<Pick[]>([]);
  useEffect(() => {
    if (!("demo" in document.documentElement.dataset)) return;
    fetch("/app/demo-people")
      .then((answer) => (answer.ok ? answer.json() : []))
      .then(setPeople)
      .catch(() => undefined);
  }, []);
  if (people.length === 0) return null;
  return (
    <section className="space-y-3">
      <h2 className="text-sm font-semibold text-quiet">{words.signIn.demo}</h2>
      <div className="grid gap-3 sm:grid-cols-2">
        {people.map((one) => (
          <Button
            key={one.email}
            look="plain"
            disabled={props.busy}
            onClick={() => props.pick(one.email, one.password)}
          >
            {one.name} · {words.roles[one.role]}
          </Button>
        ))}
      </div>
    </section>
  );
}
