"""The answers of docs/asvs.toml, and docs/asvs.md made of them: `make asvs` writes the page.

Source of the numbers and levels: OWASP Application Security Verification Standard 5.0.0
(CC BY-SA 4.0). What each asks is told in our own words; the standard's text is what counts.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path

from tests.rows.text import ROOT

ANSWERS = ROOT / "docs" / "asvs.toml"
PAGE = ROOT / "docs" / "asvs.md"
LEVELS = Path(__file__).parent / "levels.txt"
# The level that this service is held to, and those below it.
HIGHEST = 2
HEAD = """\
# ASVS 5.0.0, levels 1 and 2

Each requirement of level 1 and 2 of the [OWASP Application Security Verification Standard
5.0.0](https://github.com/OWASP/ASVS/tree/v5.0.0/5.0) (CC BY-SA 4.0), told in our own words; the
standard's text is what counts. *Held* says how, and which tests or code show it; *absent* why it
does not apply here; *open* what is missing, and what ends it: that is its waiver until then.
Made from `docs/asvs.toml`: `make asvs` writes it anew, and a test holds each name in it to the
tree. [Security](security.md) says what all of it stands against.

| chapter | held | absent | open |
|---|---|---|---|
"""
TABLE = """
## {chapter}

| | asks | level | | how, why, or what is missing |
|---|---|---|---|---|
"""


class AnswerState(StrEnum):
    HELD = "held"
    ABSENT = "absent"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said of one requirement.

    Attributes:
        says: how it is held, why it does not apply, or what is missing.
        by: tests (`FILE::TEST`) and files that show it; of what is held alone.
        ends: what ends it; of what is open alone.
    """

    id: str
    chapter: str
    level: int
    asks: str
    state: AnswerState
    says: str
    by: tuple[str, ...] = ()
    ends: str = ""


def levels(path: Path = LEVELS) -> dict[str, int]:
    """Give the level of each requirement that the service is held to, by its number."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {
        f"{section}.{place}": int(level)
        for section, given in lines
        for place, level in enumerate(given, 1)
        if int(level) <= HIGHEST
    }


def answers(path: Path = ANSWERS) -> Iterator[Answer]:
    """Yield the answers as they stand, one after the other."""
    known = levels()
    for chapter, told in tomllib.loads(path.read_text(encoding="utf-8")).items():
        for number, said in told.items():
            [state] = [one for one in AnswerState if one in said]
            yield Answer(
                id=number,
                chapter=chapter,
                level=known.get(number, 0),
                asks=said["asks"],
                state=state,
                says=said[state],
                by=tuple(said.get("by", ())),
                ends=said.get("ends", ""),
            )


def page(given: Sequence[Answer]) -> str:
    """Give the whole page."""
    parts, tables = [HEAD], list[str]()
    for chapter, held in groupby(given, lambda answer: answer.chapter):
        rows = list(held)
        parts.append(_counted(chapter, Counter(answer.state for answer in rows)))
        tables.append(TABLE.format(chapter=chapter))
        tables += [_row(answer) for answer in rows]
    parts.append(_counted("all", Counter(answer.state for answer in given)))
    return "".join([*parts, *tables])


def _counted(what: str, counts: Mapping[AnswerState, int]) -> str:
    return f"| {what} | {' | '.join(str(counts[state]) for state in AnswerState)} |\n"


def _row(answer: Answer) -> str:
    shown = "".join(f" `{one.removeprefix('tests/')}`" for one in answer.by)
    said = f"{answer.says}{';' if answer.says and shown else ''}{shown}"
    ends = f". Ends with: {answer.ends}" if answer.ends else ""
    return f"| {answer.id} | {answer.asks} | {answer.level} | {answer.state} | {said}{ends} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(list(answers())), encoding="utf-8")
