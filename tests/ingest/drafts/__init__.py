"""Reports of technicians with the card that each one tells, and how a draft is held against it.

`development.jsonl` was written with the rules; `kept.jsonl` by somebody who saw neither. How it is
counted, README.md says.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.card_drafts import CardDraft

FOLDER = Path(__file__).parent
DEVELOPMENT, HELD_BACK = "development", "kept"
ALIKE = 0.6
WORD = re.compile(r"[^\W_]+(?:\.\d+)?")
# Neither is labelled: the title is the complaint again, the category the catalogue's.
UNLABELLED = ("title", "category", "safety")
# The labels of the kept reports leave these out.
KEPT_UNLABELLED = frozenset(
    {"symptoms", "component", "failureMode", "severity", "occurrence", "usage"}
)
CHOICES = ("symptoms", "component", "failureMode", "severity", "occurrence", "part")


@dataclass(frozen=True, slots=True)
class LabelledReport:
    id: str
    text: str
    missing: tuple[str, ...]
    card: Mapping[str, Any]


@dataclass(slots=True)
class FieldCount:
    """Fields found, missed and invented, each named, over one report or many."""

    found: Counter[str] = field(default_factory=Counter[str])
    missed: list[str] = field(default_factory=list[str])
    invented: list[str] = field(default_factory=list[str])

    @property
    def precision(self) -> float:
        told = self.found.total()
        return told / (told + len(self.invented)) if told else 0.0

    @property
    def recall(self) -> float:
        told = self.found.total()
        return told / (told + len(self.missed)) if told else 0.0

    def add(self, other: "FieldCount", id: str) -> None:
        self.found += other.found
        self.missed += [f"{id} {one}" for one in other.missed]
        self.invented += [f"{id} {one}" for one in other.invented]


def labelled_reports(name: str) -> Sequence[LabelledReport]:
    """Give the reports of a file; none where it is not there."""
    path = FOLDER / f"{name}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    read = [json.loads(line) for line in lines if line.strip()]
    return [
        LabelledReport(one["id"], one["text"], tuple(one["missing"]), one["card"]) for one in read
    ]


def says_the_text(draft: CardDraft) -> Iterator[str]:
    """Yield the fields of people's words whose words do not stand at the place that they name."""
    for one in draft.fields:
        if (
            isinstance(one.value, str)
            and not one.path.startswith("vehicles.0.")
            and (
                one.path.endswith((".action", ".primary", ".name", ".tool")) or one.path == "title"
            )
        ):
            place = words_of(draft.text[one.start : one.end])
            if words_of(one.value) - place and words_of(one.value) - words_of(draft.text):
                yield one.path


def words_of(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.casefold()))


def alike(one: str, other: str) -> bool:
    """Say whether two texts share at least three in five of their words (F1)."""
    first, second = words_of(one), words_of(other)
    shared = (first & second).total()
    return bool(shared) and 2 * shared / (first.total() + second.total()) >= ALIKE


def count_fields(
    draft: CardDraft, wanted: Mapping[str, Any], unlabelled: frozenset[str] = frozenset()
) -> FieldCount:
    """Count the fields of a draft against what its report's label tells, but `unlabelled` ones."""
    counted = _count_all(draft, wanted)
    return FieldCount(
        found=Counter({p: n for p, n in counted.found.items() if _name_of(p) not in unlabelled}),
        missed=[one for one in counted.missed if _name_of(one) not in unlabelled],
        invented=[one for one in counted.invented if _name_of(one) not in unlabelled],
    )


def _name_of(told: str) -> str:
    """Give the field of "signature.symptoms: SYM_BATT_001"."""
    return told.partition(":")[0].rpartition(".")[2]


def _count_all(draft: CardDraft, wanted: Mapping[str, Any]) -> FieldCount:
    counted = FieldCount()
    got = draft.content()
    for section in ("signature", "cause", "evidence", "resolution"):
        _count_section(section, got.get(section, {}), wanted.get(section, {}), counted)
    have, want = (one.get("vehicles", [{}])[0] for one in (got, wanted))
    _count_section("vehicle", have, want, counted)
    return counted


def _count_section(
    section: str, got: Mapping[str, Any], wanted: Mapping[str, Any], counted: FieldCount
) -> None:
    for name in sorted({*got, *wanted} - set(UNLABELLED)):
        path, have, want = f"{section}.{name}", got.get(name), wanted.get(name)
        if name in {"steps", "parts", "readings"}:
            _count_list(path, have or [], want or [], counted)
        elif name == "environment":
            _count_section(path, have or {}, want or {}, counted)
        elif name == "errorCodes":
            _count_values(path, have or [], want or [], counted)
        elif name == "symptoms":
            _count_any(path, have or [], want or [], counted)
        else:
            _count_one(path, have, want, counted)


def _count_one(path: str, have: object, want: object, counted: FieldCount) -> None:
    if have is None and want is not None:
        counted.missed.append(f"{path}: {want}")
    elif have is not None and (want is None or not _same(have, want)):
        counted.invented.append(f"{path}: {have} for {want}")
        if want is not None:
            counted.missed.append(f"{path}: {want}")
    elif have is not None:
        counted.found[path] += 1


def _same(have: object, want: object) -> bool:
    if isinstance(want, list):
        return have in want
    if isinstance(have, str) and isinstance(want, str) and " " in want:
        return alike(have, want)
    return have == want or str(have).casefold() == str(want).casefold()


def _count_values(path: str, have: Sequence[str], want: Sequence[str], counted: FieldCount) -> None:
    counted.found[path] += len({*have} & {*want})
    counted.invented += [f"{path}: {one}" for one in have if one not in want]
    counted.missed += [f"{path}: {one}" for one in want if one not in have]


def _count_any(path: str, have: Sequence[str], want: Sequence[str], counted: FieldCount) -> None:
    """Count a list of which any one will do: each that is right is found, none is missed once."""
    counted.found[path] += len({*have} & {*want})
    counted.invented += [f"{path}: {one}" for one in have if one not in want]
    if want and not {*have} & {*want}:
        counted.missed.append(f"{path}: one of {want}")


def _count_list(
    path: str,
    have: Sequence[Mapping[str, Any]],
    want: Sequence[Mapping[str, Any]],
    counted: FieldCount,
) -> None:
    """Pair the entries of two lists; what is optional counts neither way."""
    left = [*want]
    for one in have:
        pair = next((other for other in left if _same_entry(one, other)), None)
        if pair is None:
            counted.invented.append(f"{path}: {dict(one)}")
            continue
        left.remove(pair)
        if pair.get("optional"):
            continue
        counted.found[path] += 1
        for name in ("safety", "minutes", "quantity"):
            if name in one or name in pair:
                usual = {"quantity": 1}.get(name)
                _count_one(f"{path}.{name}", one.get(name, usual), pair.get(name, usual), counted)
    counted.missed += [f"{path}: {dict(one)}" for one in left if not one.get("optional")]


def _same_entry(have: Mapping[str, Any], want: Mapping[str, Any]) -> bool:
    if "part" in want:
        return _same(have["part"], want["part"])
    if "value" in want:
        right = have["value"] == want["value"] and have["unit"] == want["unit"]
        return right and bool(words_of(have["name"]) & words_of(want["name"]))
    return alike(have["action"], want["action"])
