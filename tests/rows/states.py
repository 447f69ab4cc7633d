"""Whether a row is proved, partly proved or open: what its marks, its bars and other rows say.

A row is proved when something shows it and nothing says what is missing. One mark that says so is
enough for `partly`, and so is a short bar, a figure that nothing compares, or a row it consists of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.rows.text import Row


class State(StrEnum):
    PROVED = "proved"
    PARTLY = "partly"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a test or a bar says of a row: what it lacks, and whether it compares its figure."""

    row: str
    by: str
    missing: str | None = None
    figure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    state: State
    by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


OPEN = Verdict(state=State.OPEN)


def judged(rows: Sequence[Row], claims: Iterable[Claim]) -> dict[str, Verdict]:
    """Give the verdict on each row."""
    made: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        made[claim.row].append(claim)
    found = {row.id: _alone(row, made[row.id]) for row in rows}
    ids = [row.id for row in rows]
    for row in rows:
        if parts := row.follows(ids):
            found[row.id] = _together(found[row.id], {part: found[part] for part in parts})
    return found


def _alone(row: Row, claims: Sequence[Claim]) -> Verdict:
    if not claims:
        return OPEN
    missing = [claim.missing for claim in claims if claim.missing]
    if row.measured and not missing and not any(claim.figure for claim in claims):
        missing = ["no test and no bar compares its figure"]
    return Verdict(
        state=State.PARTLY if missing else State.PROVED,
        by=tuple(sorted({claim.by for claim in claims})),
        # Sorted, as `by` is: tests run in any order, and the page is the same whatever it was.
        missing=tuple(sorted(set(missing))),
    )


def _together(own: Verdict, parts: Mapping[str, Verdict]) -> Verdict:
    """A row that consists of others is proved with the last of them, and open without the first."""
    unproved = [row for row, one in parts.items() if one.state is not State.PROVED]
    if all(one.state is State.OPEN for one in parts.values()):
        return (
            own
            if own.state is State.OPEN
            else Verdict(state=State.PARTLY, by=own.by, missing=(*own.missing, ", ".join(unproved)))
        )
    missing = (*own.missing, *([", ".join(unproved)] if unproved else []))
    return Verdict(
        state=State.PARTLY if missing else State.PROVED,
        by=own.by or tuple(row for row in parts if row not in unproved),
        missing=missing,
    )
