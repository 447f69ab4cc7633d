"""docs/features.md, made from the rows' text and their verdicts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from tests.rows.states import State, Verdict
from tests.rows.text import Row

HEAD = """\
# Rows of the specification

Each row is one capability of the specification, with the test that the specification accepts for
it. A row is *proved* when that test holds with its own figures on real parts: tests under `tests/`
or bars of `make bench` show it, and none of them says that something is missing. *Partly* names
what is missing, or the rows it consists of that are not proved; *open* rows belong to later work.
`make rows` runs the tests and prints each state; `make features` writes this page from the tests'
marks and the figures of [the benchmarks](benchmarks.md).

"""
TABLE = """\

## {section}

| row | capability | accepted when | state | shown by, or missing |
|---|---|---|---|---|
"""


def page(rows: Sequence[Row], verdicts: Mapping[str, Verdict]) -> str:
    """Give the whole page."""
    counts = Counter(verdicts[row.id].state for row in rows)
    told = ", ".join(f"{counts[state]} {state}" for state in State)
    parts = [HEAD, f"{told}, of {len(rows)}.\n"]
    for section, held in groupby(rows, lambda row: row.section):
        parts.append(TABLE.format(section=section))
        parts += [_line(row, verdicts[row.id]) for row in held]
    return "".join(parts)


def _line(row: Row, verdict: Verdict) -> str:
    shown = _shown(verdict)
    return f"| {row.id} | {row.capability} | {row.acceptance} | {verdict.state} | {shown} |\n"


def _shown(verdict: Verdict) -> str:
    """Say what is missing, or name the first test and how many more there are."""
    if verdict.state is State.PARTLY:
        return "; ".join(verdict.missing)
    if not verdict.by:
        return ""
    more = len(verdict.by) - 1
    return f"`{verdict.by[0]}`" + (f" and {more} more" if more else "")
