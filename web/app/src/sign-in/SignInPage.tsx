import { type SubmitEvent, useState } from "react";
import { askDoor } from "../api/door";
import { operationId } from "../api/operation-id";
import { begin, type Entry, holderOf } from "../api/session";
import { useStore } from "../api/store";
import { Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { Notice } from "../parts/Notice";
import { forgetPerson, learnPerson, person } from "../people/person";
import { useKept } from "../replica/news";
import { useWords } from "../words/language";
import { DemoPicks } from "./DemoPicks";
import { ConfirmSecondFactorDocument, SignInDocument, type SignInMutation } from "./gql/graphql";
import { RecoveryCodes } from "./RecoveryCodes";

type Owed = Extract<SignInMutation["signIn"], { challenge: string }>;

export function SignInPage() {
  const words = useWords();
  const [owed, setOwed] = useState<Owed | null>(null);
  const [entered, setEntered] = useState<Entry | null>(null);
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function enter(entry: Entry) {
    // Whoever was here before may be another: their pages do not open by this token.
    if (person.get()?.key !== holderOf(entry.accessToken)) forgetPerson();
    begin(entry);
    await learnPerson();
  }

  async function attempt(work: () => Promise<void>) {
    setBusy(true);
    setWrong(undefined);
    try {
      await work();
    } catch (error) {
      const unreachable = error instanceof TypeError;
      setWrong(unreachable ? words.signIn.unreachable : (error as Error).message);
    } finally {
      setBusy(false);
    }
  }

  async function signIn(email: string, password: string) {
    const asked = { operation: operationId(), email, password };
    const { signIn: found } = await askDoor(SignInDocument, asked);
    if (found.__typename === "SignedIn") await enter(found);
    else if ("challenge" in found) setOwed(found);
    else setWrong(found.message);
  }

  async function confirm(challenge: string, code: string) {
    const asked = { operation: operationId(), challenge, code };
    const { confirmSecondFactor: found } = await askDoor(ConfirmSecondFactorDocument, asked);
    if (found.__typename !== "SignedIn") setWrong(found.message);
    else if (found.recoveryCodes?.length) setEntered(found);
    else await enter(found);
  }

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const said = new FormData(event.currentTarget);
    const of = (name: string) => String(said.get(name) ?? "");
    void attempt(() =>
      owed ? confirm(owed.challenge, of("code")) : signIn(of("email"), of("password")),
    );
  }

  if (entered?.recoveryCodes) {
    return <RecoveryCodes codes={entered.recoveryCodes} kept={() => attempt(() => enter(entered))} />;
  }
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-6 p-5">
      <div className="flex items-center gap-4">
        <img src="/app/icon.svg" alt="" width="56" height="56" />
        <div>
          <h1 className="text-2xl font-bold tracking-tight">{words.app.name}</h1>
          <p className="text-quiet">{words.signIn.lead}</p>
        </div>
      </div>
      <Waiting />
      <form onSubmit={submit} className="space-y-4 rounded-2xl border border-line bg-sheet p-5">
        {owed ? (
          <SecondFactor owed={owed} />
        ) : (
          <>
            <TextField label={words.signIn.email} name="email" type="email" autoComplete="username" required />
            <TextField
              label={words.signIn.password}
              name="password"
              type="password"
              autoComplete="current-password"
              required
            />
          </>
        )}
        <div role="alert">{wrong && <Notice tone="danger">{wrong}</Notice>}</div>
        <Button type="submit" disabled={busy} className="w-full">
          {busy ? words.app.loading : owed ? words.signIn.confirm : words.signIn.go}
        </Button>
        {owed && (
          <Button look="plain" className="w-full" onClick={() => setOwed(null)}>
            {words.signIn.other}
          </Button>
        )}
      </form>
      {!owed && <DemoPicks busy={busy} pick={(email, password) => attempt(() => signIn(email, password))} />}
    </main>
  );
}

/** Whoever was here last has things on this phone that wait for them to come back. */
function Waiting() {
  const words = useWords();
  const who = useStore(person);
  const waiting = useKept((kept) => kept.count("outbox"));
  if (!who || !waiting) return null;
  return <Notice tone="warn" title={who.name}>{words.signIn.waiting(waiting)}</Notice>;
}

function SecondFactor({ owed }: { owed: Owed }) {
  const words = useWords();
  return (
    <>
      {"secret" in owed && (
        <Notice tone="calm" title={words.signIn.secret}>
          <code className="block text-lg break-all select-all">{owed.secret}</code>
        </Notice>
      )}
      <TextField
        label={words.signIn.code}
        hint={words.signIn.codeHint}
        name="code"
        autoComplete="one-time-code"
        required
        autoFocus
      />
    </>
  );
}
