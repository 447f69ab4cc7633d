import { Search } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { LinkButton, Button } from "../parts/Button";
import { TextField } from "../parts/Field";
import { Page } from "../parts/Page";
import { Sheet } from "../parts/Sheet";
import { mayWrite } from "./rights";
import { person } from "../people/person";
import { useStore } from "../api/store";
import { useWords } from "../words/language";
import { BestCards, ListedCards, SearchedCards } from "./FoundCards";
import { isEmpty, type Wanted, wantedIn, writeWanted } from "./wanted";

/** What the network knows: found by words, by code, by vehicle. */
export default function CardsPage() {
  const words = useWords();
  const who = useStore(person);
  const search = useSearch();
  const wanted = wantedIn(search);
  return (
    <Page
      title={words.cards.title}
      aside={mayWrite(who) && <LinkButton to="/cards/new" look="plain">{words.cards.write}</LinkButton>}
    >
      {/* Another address is another search: the form begins with what it says. */}
      <SearchForm key={search} wanted={wanted} />
      {mayWrite(who) && isEmpty(wanted) && (
        <LinkButton to="/cards/mine" look="plain" className="w-full">{words.ownCards.title}</LinkButton>
      )}
      <Results key={`results of ${search}`} wanted={wanted} />
    </Page>
  );
}

function Results({ wanted }: { wanted: Wanted }) {
  if (isEmpty(wanted)) return <BestCards />;
  return wanted.text ? <SearchedCards wanted={wanted} /> : <ListedCards wanted={wanted} />;
}

function SearchForm({ wanted }: { wanted: Wanted }) {
  const words = useWords();
  const [, go] = useLocation();
  const [said, setSaid] = useState(wanted);
  const [asked, setAsked] = useState(false);
  const narrowed = [wanted.code, wanted.make, wanted.model].some(Boolean);
  const makeMissing = said.model.trim() !== "" && said.make.trim() === "";

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    setAsked(true);
    if (!makeMissing) go(`/cards${writeWanted(said)}`);
  }

  const field = (name: keyof Wanted) => ({
    value: said[name],
    autoComplete: "off",
    onChange: (event: { target: { value: string } }) => setSaid({ ...said, [name]: event.target.value }),
  });
  return (
    <form role="search" onSubmit={submit} noValidate>
      <Sheet>
        <TextField label={words.cards.text} hint={words.cards.textHint} type="search" dir="auto" maxLength={2_000} {...field("text")} />
        <details open={narrowed}>
          <summary className="flex min-h-12 items-center font-semibold text-accent">{words.cards.narrow}</summary>
          <div className="grid grid-cols-2 gap-4 sm:grid-cols-3 [&>*]:min-w-0">
            <div className="col-span-2 sm:col-span-1">
              <TextField label={words.cards.code} autoCapitalize="characters" maxLength={80} {...field("code")} />
            </div>
            <TextField
              label={words.report.make}
              maxLength={80}
              wrong={asked && makeMissing ? words.report.makeMissing : undefined}
              {...field("make")}
            />
            <TextField label={words.report.model} maxLength={80} {...field("model")} />
          </div>
        </details>
        <Button type="submit" className="w-full">
          <Search aria-hidden className="size-5" />
          {words.cards.search}
        </Button>
      </Sheet>
    </form>
  );
}
