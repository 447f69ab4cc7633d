import { Hourglass } from "lucide-react";
import { Page } from "../parts/Page";
import { Empty } from "../parts/Sheet";
import { person } from "../people/person";
import { useStore } from "../api/store";
import { useWords } from "../words/language";

/** The home of a role whose pages are not there yet. */
export default function SoonPage() {
  const words = useWords();
  const who = useStore(person);
  return (
    <Page title={words.app.name}>
      <Empty sign={<Hourglass />} title={who ? words.roles[who.role] : ""}>
        {words.app.soon}
      </Empty>
    </Page>
  );
}
