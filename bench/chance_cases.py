"""Real reports whose right campaign is known, to hold the chance of a suggestion against.

Five kinds, by how their label was found; no label rests on the ranking that is measured.

*quoted*: an owner's complaint that quotes the agency's or the maker's own number of its recall.
*defect*, *warning*, *cause*: a field of the maker's defect report (Part 573), beside the recall
that the agency wrote of it: two documents of one campaign.
*expanded*: the agency's text of a recall that names an earlier one, which is right: its own card is
never among the cards. Two documents of one failure, often in the same words.

To link complaints to the one campaign of their vehicle and component by rare words was tried: a
reader found 10 of 16 right, so they are left out. So is the report's "safety risk": it tells what
might follow ("increases the risk of a crash"), not what fails.

Recall numbers are struck out of every text; where the vehicle is not given, so are its makes,
models and model years.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path
from typing import Self

from domain.cards import FailureCard
from domain.reports import FailureReport
from domain.signature import split_words
from domain.vehicles import UNKNOWN, VehicleContext, name_key

FIELDS = ("warning", "defect", "cause")
# A field that says "NR" or "None." is none.
LEAST = 25
# Texts that share so much of their words, the rarer the more, tell of the same failure; of one and
# the same component less is enough. Both were set by reading pairs.
SISTERS, OF_COMPONENT = 0.4, 0.2
AGENCY = re.compile(r"\b\d\d[VE][- ]?\d{3}(?:[- ]?0{3})?\b|\[CAMPAIGN\]", re.IGNORECASE)
CITED = re.compile(r"\b(\d\d[VE])[- ]?(\d{3})(?:[- ]?0{3})?\b", re.IGNORECASE)
MAKERS = re.compile(r"numbers? for (?:this|these) recalls? (?:is|are) ([A-Z0-9,/ &-]{1,80})")
WRITTEN = re.compile(r"\b[A-Z0-9]{3,6}\b")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
BEFORE = 40


@dataclass(frozen=True, slots=True)
class RealCase:
    """A report whose campaign is known.

    Attributes:
        right: the campaigns that the label names.
        sisters: others of the same failure, by the agency's word or nearly the same text.
        own: the campaign whose text it is, never among the cards.
        group: what is kept together when fits and tests are divided: campaigns that are sisters,
            or sisters of sisters.
    """

    kind: str
    text: str
    vehicle: VehicleContext
    right: frozenset[str]
    sisters: frozenset[str]
    own: frozenset[str]
    group: str


@dataclass(frozen=True, slots=True)
class CampaignPool:
    """The campaigns by number: what each says, its vehicles aside, and how rare each word is."""

    makes: Mapping[str, frozenset[str]]
    components: Mapping[str, str | None]
    words: Mapping[str, frozenset[str]]
    rarity: Mapping[str, float]
    cited: Mapping[str, frozenset[str]]
    names: re.Pattern[str]

    @classmethod
    def from_cards(cls, cards: Iterable[FailureCard], cited: Mapping[str, frozenset[str]]) -> Self:
        """Give the pool of the campaigns' cards, with those that each campaign's text names."""
        by_number = {card.provenance.campaign or "": card for card in cards}
        names = _names_pattern(by_number.values())
        words = {n: _failure_words(card, names) for n, card in by_number.items()}
        spread = Counter(word for found in words.values() for word in found)
        rarity = {word: log(len(words) / n) for word, n in spread.items()}
        makes = {
            n: frozenset(name_key(v.make or "") for v in card.vehicles)
            for n, card in by_number.items()
        }
        components = {n: card.signature.component for n, card in by_number.items()}
        return cls(makes, components, words, rarity, cited, names)

    def sisters(self, right: frozenset[str]) -> frozenset[str]:
        """Give other campaigns of the same failure: named, or in nearly the same words."""
        return frozenset(n for n in self.words if n not in right and self._is_sister(n, right))

    def groups(self) -> dict[str, str]:
        """Give each campaign's group: what is joined by sisters has one name."""
        group = {n: n for n in self.words}
        for one in sorted(self.words):
            joined = {group[n] for n in self.sisters(frozenset({one})) | {one}}
            group = {n: min(joined) if of in joined else of for n, of in group.items()}
        return group

    def _is_sister(self, number: str, right: frozenset[str]) -> bool:
        return any(
            number in self.cited.get(one, ())
            or one in self.cited.get(number, ())
            or _overlap(self.words[one], self.words[number], self.rarity)
            >= self._least(one, number)
            for one in right & self.words.keys()
        )

    def _least(self, one: str, other: str) -> float:
        same = self.components[one] is not None and self.components[one] == self.components[other]
        return OF_COMPONENT if same else SISTERS


def real_cases(folder: Path, cards: Sequence[FailureCard]) -> list[RealCase]:
    """Give every case that qualifies."""
    pool = campaign_pool(folder, cards)
    numbers, groups = _makers_numbers(folder), pool.groups()
    complaints = _rows(folder / "complaints.csv")
    found = [
        *_labelled(folder),
        *_quoted(complaints, numbers, pool),
        *_reported(folder),
        *_expanded(folder, pool),
    ]
    marks = _numbers_pattern(numbers)
    return [
        RealCase(
            kind=told.kind,
            text=AGENCY.sub(" ", marks.sub(" ", told.text)),
            vehicle=told.vehicle,
            right=told.right,
            sisters=pool.sisters(told.right) - told.own,
            own=told.own,
            group=groups[min(told.right)],
        )
        for told in found
        if told.right <= pool.words.keys()
    ]


def campaign_pool(folder: Path, cards: Sequence[FailureCard]) -> CampaignPool:
    """Give the pool of these campaigns, with what the recalls' texts say of each other."""
    cited: dict[str, frozenset[str]] = defaultdict(frozenset)
    for row in _rows(folder / "recalls.csv"):
        number = row["NHTSACampaignNumber"]
        said = " ".join(row[name] for name in ("Summary", "Consequence", "Remedy", "Notes"))
        named = {f"{a}{b}000".upper() for a, b in CITED.findall(said)}
        cited[number] |= named - {number}
    return CampaignPool.from_cards(cards, cited)


def case_report(case: RealCase, names: re.Pattern[str], *, given: bool) -> FailureReport:
    """Give the report as it is sent: with its vehicle, or with every trace of it struck out."""
    if given:
        return FailureReport.parse(case.text, vehicle=case.vehicle)
    return FailureReport.parse(YEAR.sub(" ", names.sub(" ", case.text)), vehicle=UNKNOWN)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text as it was found, with what is right for it."""

    kind: str
    text: str
    vehicle: VehicleContext
    right: frozenset[str]
    own: frozenset[str] = frozenset()


def _labelled(folder: Path) -> Iterator[LabelledText]:
    for row in _rows(folder / "labelled_complaints.csv"):
        vehicle = VehicleContext(make=row["make"], model=row["model"], year=int(row["year"]))
        right = frozenset(row["campaigns"].replace(",", " ").replace(";", " ").split())
        yield LabelledText("quoted", row["text"], vehicle, right)


def _quoted(
    complaints: Sequence[Mapping[str, str]], numbers: Mapping[str, set[str]], pool: CampaignPool
) -> Iterator[LabelledText]:
    """Give the complaints that quote a maker's number which belongs to one campaign of the make."""
    for row in complaints:
        make = name_key(row["MAKETXT"])
        named = {n for n in _named(row["CDESCR"], numbers) if make in pool.makes.get(n, ())}
        if len(named) == 1:
            yield LabelledText("quoted", row["CDESCR"], _vehicle(row), frozenset(named))


def _named(text: str, numbers: Mapping[str, set[str]]) -> Iterator[str]:
    for found in WRITTEN.finditer(text.upper()):
        near = text[max(0, found.start() - BEFORE) : found.start()].casefold()
        mixed = not found[0].isdigit() and not found[0].isalpha()
        if mixed or "recall" in near or "campaign" in near:
            yield from numbers.get(found[0], ())


def _reported(folder: Path) -> Iterator[LabelledText]:
    """Give the fields of the makers' defect reports."""
    vehicles = _first_vehicles(folder)
    for row in _rows(folder / "part573_reports.csv"):
        for kind in FIELDS:
            text = row[kind].strip()
            if len(text) > LEAST and row["file"] in vehicles:
                right = frozenset({row["file"]})
                yield LabelledText(kind, text, vehicles[row["file"]], right)


def _expanded(folder: Path, pool: CampaignPool) -> Iterator[LabelledText]:
    """Give the summaries of recalls that name an earlier one, once each."""
    vehicles, texts = _first_vehicles(folder), dict[str, str]()
    for row in _rows(folder / "recalls.csv"):
        texts.setdefault(row["NHTSACampaignNumber"], row["Summary"])
    for number, text in texts.items():
        right = pool.cited[number] & pool.words.keys()
        if right:
            own = frozenset({number})
            yield LabelledText("expanded", text, vehicles[number], right, own)


def _first_vehicles(folder: Path) -> dict[str, VehicleContext]:
    """Give the first vehicle that the catalogue names for each campaign: the reported one."""
    found: dict[str, VehicleContext] = {}
    for row in _rows(folder / "recalls.csv"):
        year = int(row["ModelYear"]) if row["ModelYear"].isdigit() else None
        vehicle = VehicleContext(make=row["Make"], model=row["Model"], year=year)
        found.setdefault(row["NHTSACampaignNumber"], vehicle)
    return found


def _makers_numbers(folder: Path) -> dict[str, set[str]]:
    """Give the campaigns of each maker's own number; one of fewer than three signs is no name."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in _rows(folder / "recalls.csv"):
        for listed in MAKERS.findall(f"{row['Remedy']} {row['Notes']}"):
            for number in re.split(r",|/|&|\band\b", listed):
                found[number.strip(" .").upper()].add(row["NHTSACampaignNumber"])
    for name, number, campaign in (
        ("recall_components.csv", "MFGCAMPNO", "CAMPNO"),
        ("part573_reports.csv", "mfr_recall_no", "file"),
    ):
        for row in _rows(folder / name):
            found[row[number].strip().upper()].add(row[campaign])
    return {number: named for number, named in found.items() if len(number) > 2}  # noqa: PLR2004


def _numbers_pattern(numbers: Iterable[str]) -> re.Pattern[str]:
    mixed = sorted(n for n in numbers if not n.isdigit() and not n.isalpha())
    digits = sorted(n for n in numbers if n.isdigit())
    near = rf"(?:recall|campaign)(?: number| no\.?)?[ :#(]{{1,3}}(?:{'|'.join(digits)})"
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, mixed))}|{near})\b", re.IGNORECASE)


def _names_pattern(cards: Iterable[FailureCard]) -> re.Pattern[str]:
    """Give what finds every make and model of the campaigns, and their makers."""
    spelt = {
        name
        for card in cards
        for vehicle in card.vehicles
        for name in (vehicle.make, vehicle.model)
        if name is not None
    }
    longest = sorted(spelt, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})\b", re.IGNORECASE)


def _failure_words(card: FailureCard, names: re.Pattern[str]) -> frozenset[str]:
    text = card.published.failure if card.published is not None else ""
    return frozenset(split_words(YEAR.sub(" ", names.sub(" ", text))))


def _overlap(one: frozenset[str], other: frozenset[str], rarity: Mapping[str, float]) -> float:
    """Give the share of the two texts' words that they share, each as rare as it is."""
    either = sum(rarity[word] for word in one | other)
    return sum(rarity[word] for word in one & other) / either if either else 0.0


def _vehicle(row: Mapping[str, str]) -> VehicleContext:
    year = int(row["YEARTXT"]) if row["YEARTXT"].isdigit() else None
    known = year if year is not None and year < 2100 else None  # noqa: PLR2004
    return VehicleContext(make=row["MAKETXT"], model=row["MODELTXT"], year=known)


def _rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
