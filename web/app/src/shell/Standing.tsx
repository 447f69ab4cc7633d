import { CloudCheck, CloudOff, CloudUpload, TriangleAlert } from "lucide-react";
import { Link } from "wouter";
import { useStore } from "../api/store";
import { refusedPhotos } from "../outbox/outbox";
import type { Kept } from "../replica/kept";
import { useKept } from "../replica/news";
import { link } from "../replica/sync";
import { useWords } from "../words/language";

async function count(kept: Kept) {
  const fates = await kept.getAll("fates");
  const unseen = fates.filter(({ seen }) => !seen).length + (await refusedPhotos(kept)).length;
  return { waiting: await kept.count("outbox"), unseen };
}

/** How much waits on this phone, whether somebody answers, whether something was refused. */
export function Standing() {
  const words = useWords();
  const { reached } = useStore(link);
  const { waiting, unseen } = useKept(count) ?? { waiting: 0, unseen: 0 };
  const Sign = unseen ? TriangleAlert : !reached ? CloudOff : waiting ? CloudUpload : CloudCheck;
  const calm = unseen === 0 && reached;
  return (
    <Link
      href="/outbox"
      className={`inline-flex min-h-12 items-center gap-2 rounded-xl px-3 text-sm font-semibold ${
        calm ? "text-quiet" : "bg-warn-soft text-warn"
      }`}
    >
      <Sign aria-hidden className="size-5" />
      <span role="status">
        {unseen ? words.outbox.lookAt(unseen) : words.outbox.waiting(waiting)}
        {!reached && <span className="block text-xs">{words.app.offline}</span>}
      </span>
    </Link>
  );
}
