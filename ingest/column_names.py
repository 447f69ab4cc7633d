"""What the columns of other people's files are called, and which of our names each stands for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from domain.errors import ImportRefused, InvalidInput
from ingest.cells import fold_name

FILE = Path(__file__).with_name("column_names.yaml")
SHOWN = 40
CLOSE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnForm:
    """One form of file: our names by theirs (folded), and those that it cannot do without.

    `dropped` are columns of theirs that are left out on purpose, `mapped` names of ours that
    somebody gave a column of theirs. `elsewhere`: another command reads this form.
    """

    name: str
    needed: frozenset[str]
    told_by: frozenset[str]
    ours: Mapping[str, str]
    dropped: frozenset[str] = frozenset()
    mapped: frozenset[str] = frozenset()
    elsewhere: bool = False

    def columns(self) -> list[str]:
        return list(dict.fromkeys(self.ours.values()))

    def take(self, theirs: Sequence[str]) -> list[tuple[int, str]]:
        """Give the place of each column that is known, the better name of one meaning first."""
        order = {name: rank for rank, name in enumerate(self.ours)}
        known = [(n, folded) for n, t in enumerate(theirs) if (folded := fold_name(t)) in order]
        return [(n, self.ours[folded]) for n, folded in sorted(known, key=lambda k: order[k[1]])]

    def unread(self, theirs: Iterable[str]) -> tuple[str, ...]:
        """Give the columns that nothing is read from, and nobody dropped."""
        known = self.ours.keys() | self.dropped
        return tuple(t for t in theirs if t.strip() and fold_name(t) not in known)

    def missing(self, theirs: Sequence[str]) -> list[str]:
        return sorted(self.needed - {ours for _, ours in self.take(theirs)})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """What somebody said of columns: theirs (folded) to ours; to nothing, to leave one out."""

    ours: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def parse(cls, told: Iterable[str], file: Path | None = None) -> "ColumnMap":
        """Read `theirs=ours` of the command line, and the same of a file, one a line or as YAML.

        Raises:
            InvalidInput: one of them has not that form.
            ImportRefused: the file cannot be read.
        """
        pairs = [*(_pairs_of_file(file) if file else ()), *map(_pair_of_text, told)]
        return cls(ours={fold_name(theirs): ours for theirs, ours in pairs})

    def over(self, forms: Iterable[ColumnForm]) -> list[ColumnForm]:
        """Give the forms with these columns among them.

        Raises:
            InvalidInput: a name of ours is in none of the forms.
        """
        every = list(forms)
        known = {column for form in every for column in form.columns()}
        for ours in self.ours.values():
            if ours and ours not in known:
                raise InvalidInput("map", f"{ours[:40]!r} is none of {', '.join(sorted(known))}")
        return [self._over_one(form) for form in every]

    def _over_one(self, form: ColumnForm) -> ColumnForm:
        columns = set(form.columns())
        mine = {theirs: ours for theirs, ours in self.ours.items() if ours in columns}
        dropped = frozenset(theirs for theirs, ours in self.ours.items() if not ours)
        rest = {t: o for t, o in form.ours.items() if t not in mine and t not in dropped}
        return replace(form, ours=mine | rest, dropped=dropped, mapped=frozenset(mine.values()))


NO_MAP = ColumnMap()


@cache
def known_form(name: str) -> ColumnForm:
    """Give a form by its name in `column_names.yaml`."""
    return column_form(name, ())


def column_form(name: str, own: Iterable[str]) -> ColumnForm:
    """Give a form with more columns, each known by its own name."""
    told: dict[str, Any] = _forms()[name]
    columns = cast("dict[str, list[str]]", told["columns"])
    ours = {fold_name(column): column for column in (*own, *columns)}
    for column, names in columns.items():
        for theirs in names:
            ours.setdefault(fold_name(theirs), column)
    needed, told_by = frozenset(told["needed"]), frozenset(told["told_by"])
    # Whose names are not theirs alone: the order of the file decides which of two is read.
    ordered = {
        fold_name(t): c for c, names in columns.items() for t in names if ours[fold_name(t)] == c
    }
    return ColumnForm(name=name, needed=needed, told_by=told_by, ours=ordered | ours)


@cache
def _forms() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))


def lacking_columns(
    file: str, form: ColumnForm, theirs: Sequence[str], where: str, command: str
) -> ImportRefused:
    """Give the refusal of a file without needed columns: what is there, what not, what to type."""
    missing = form.missing(theirs)
    found = ", ".join(t.strip()[:SHOWN] for t in theirs[:SHOWN] if t.strip()) or "nothing"
    said = " ".join(
        f"--map {_quoted(_closest(form, ours, theirs) + '=' + ours)}" for ours in missing
    )
    return ImportRefused(
        file,
        f"has no column for {', '.join(missing)}. Found {where}: {found}. "
        f"If they are called otherwise, say how: battwheels {command} {_quoted(file)} {said}.",
    )


def _closest(form: ColumnForm, ours: str, theirs: Sequence[str]) -> str:
    """Give the column of theirs that most likely is meant, or a word to put one in its place."""
    taken = {n for n, _ in form.take(theirs)}
    free = {fold_name(t): t for n, t in enumerate(theirs) if n not in taken and t.strip()}
    names = [name for name, column in form.ours.items() if column == ours]
    near = [f for name in names for f in get_close_matches(name, free, n=1, cutoff=CLOSE)]
    return free[near[0]].strip()[:SHOWN] if near else "THEIRS"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'" if set(text) & set(" ;|&$()<>*?!#\"'") else text


def _pair_of_text(told: str) -> tuple[str, str]:
    theirs, equals, ours = told.rpartition("=")
    if not equals or not fold_name(theirs):
        raise InvalidInput("map", f"{told[:80]!r} does not have the form theirs=ours")
    return theirs.strip(), ours.strip()


def _pairs_of_file(file: Path) -> list[tuple[str, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ImportRefused(file.name, "cannot be read.") from error
    try:
        told: object = yaml.safe_load(text)
    except yaml.YAMLError:
        told = None
    if isinstance(told, dict):
        pairs = cast("dict[object, object]", told)
        return [(str(theirs), "" if ours is None else str(ours)) for theirs, ours in pairs.items()]
    lines = (line.strip() for line in text.splitlines())
    return [_pair_of_text(line) for line in lines if line and not line.startswith("#")]
