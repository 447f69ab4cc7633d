import { useState } from "react";
import { change } from "../api/client";
import { operationId } from "../api/operation-id";
import { end } from "../api/session";
import { useStore } from "../api/store";
import { SignOutDocument } from "../gql/graphql";
import { Button } from "../parts/Button";
import { Notice } from "../parts/Notice";
import { Page } from "../parts/Page";
import { Sheet } from "../parts/Sheet";
import { clearCopies, type Kept, openKept } from "../replica/kept";
import { useKept } from "../replica/news";
import { choose, type Language, LANGUAGES, useLanguage, useWords } from "../words/language";
import { ago } from "../words/moments";
import { forgetPerson, person } from "./person";

async function phone(kept: Kept) {
  return {
    waiting: await kept.count("outbox"),
    caughtUpAt: await kept.get("notes", "caughtUpAt"),
    lasting: await navigator.storage?.persisted(),
  };
}

async function signOut(): Promise<void> {
  const who = person.get();
  // Without a network the session ends by itself; what the phone holds goes now.
  await change(SignOutDocument, { operation: operationId() }).catch(() => undefined);
  end();
  forgetPerson();
  if (who) await clearCopies(await openKept(who.key));
  // What was still being asked for them ends here, and writes nothing behind this.
  window.location.reload();
}

export default function MePage() {
  const words = useWords();
  const language = useLanguage();
  const who = useStore(person);
  const held = useKept(phone);
  const [sure, setSure] = useState(false);
  if (!who) return null;
  return (
    <Page title={words.me.title}>
      <Sheet>
        <p className="text-xl font-semibold">{who.name}</p>
        <p className="text-quiet">
          {words.roles[who.role]}
          {who.garage && ` · ${who.garage.key}`}
        </p>
      </Sheet>
      <Sheet title={words.me.language}>
        <div className="grid grid-cols-2 gap-3">
          {(Object.keys(LANGUAGES) as Language[]).map((one) => (
            <Button
              key={one}
              lang={one}
              look={one === language ? "main" : "plain"}
              aria-pressed={one === language}
              onClick={() => choose(one)}
            >
              {LANGUAGES[one]}
            </Button>
          ))}
        </div>
      </Sheet>
      <Sheet title={words.me.phone}>
        <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
          <dt className="text-quiet">{words.me.waiting}</dt>
          <dd>{held?.waiting ?? 0}</dd>
          <dt className="text-quiet">{words.me.caughtUp}</dt>
          <dd>{held?.caughtUpAt ? ago(held.caughtUpAt, language) : words.me.never}</dd>
          <dt className="text-quiet">{words.me.storage}</dt>
          <dd>{held?.lasting ? words.me.storageKept : words.me.storageMay}</dd>
        </dl>
      </Sheet>
      {sure ? (
        <div role="alert" className="space-y-3">
          <Notice tone="warn" title={held?.waiting ? words.me.signOutWaiting(held.waiting) : undefined}>
            {words.me.cleared}
          </Notice>
          <div className="grid grid-cols-2 gap-3">
            <Button look="plain" onClick={() => setSure(false)}>
              {words.me.stay}
            </Button>
            <Button look="danger" onClick={signOut}>
              {words.me.signOut}
            </Button>
          </div>
        </div>
      ) : (
        <Button look="plain" className="w-full" onClick={() => setSure(true)}>
          {words.me.signOut}
        </Button>
      )}
    </Page>
  );
}
