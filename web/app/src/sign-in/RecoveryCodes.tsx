import { Button } from "../parts/Button";
import { useWords } from "../words/language";

/** The codes that are shown once; nobody goes on before saying that they are kept. */
export function RecoveryCodes({ codes, kept }: { codes: readonly string[]; kept: () => void }) {
  const words = useWords();
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col justify-center gap-5 p-5">
      <h1 className="text-xl font-bold">{words.signIn.recovery}</h1>
      <ul className="grid grid-cols-2 gap-2 rounded-2xl border border-line bg-sheet p-5 font-mono select-all">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button onClick={kept}>{words.signIn.recoveryKept}</Button>
    </main>
  );
}
