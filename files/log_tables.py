"""A log's text as a table: its encoding, its separator, its decimal sign, where its header is.

It runs in a program of its own (`python -m files.log_tables`), as photos do: a log comes in, and a
few figures go out. Rows that have another number of fields than the header, or hold a figure that
cannot be, are counted and left out.
"""

import io
import resource
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

from files.log_columns import LogColumn, read_columns
from files.log_figures import Rows, Values, in_unit, log_figures, possible_rows

# PyArrow tells no types of these.
ARROW: Any = pyarrow.compute
CSV: Any = pyarrow.csv
TEXT: Any = cast("Any", pa).string()
MEMORY_BYTES = 3 << 30
PROCESSOR_SECONDS = 25
# A header stands within so many lines: exports begin with who made them.
HEADER_LINES, LONGEST_LINE = 60, 20_000
SEPARATORS = ";\t,|"
LEAST_COLUMNS = 2
NUMBER = r"^\s*[-+]?\d{1,9}(?:\.\d{0,9})?(?:[eE][-+]?\d{1,2})?\s*%?\s*$"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogForm:
    """How a log is written: what separates fields, where the header is, and what it names."""

    separator: str
    header: Sequence[str]
    line: int
    columns: Sequence[LogColumn]


def summary_of(content: bytes) -> dict[str, Any] | None:
    """Give the figures of a battery log, as `domain.battery_logs` has them; None: it is none."""
    text = decoded(content)
    form = _form_of(text)
    if form is None:
        return None
    table, torn = _table_of(text, form)
    every = [(one, *_values(table[str(one.place)])) for one in form.columns]
    # What hardly ever is a figure is another column than its name says: the time, say, called t.
    read = [one for one in every if one[2].sum() * 2 > table.num_rows]
    columns = [one for one, _, _ in read]
    units = [in_unit(one, values) for one, values, _ in read]
    good = possible_rows(columns, units, [readable for _, _, readable in read])
    if not good.any():
        return None
    rows, bad = int(good.sum()), int((~good).sum()) + torn
    return {"rows": rows, "bad_rows": bad, **log_figures(columns, units, good)}


def decoded(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _form_of(text: str) -> LogForm | None:
    """Find the header: of the first lines the one that names most columns of a battery."""
    found = [form for form in _forms(text) if form.columns]
    return max(found, key=lambda form: (len(form.columns), -form.line), default=None)


def _forms(text: str) -> Iterator[LogForm]:
    for number, line in enumerate(io.StringIO(text)):
        if number >= HEADER_LINES:
            return
        for separator in SEPARATORS:
            fields = [field.strip().strip('"') for field in line[:LONGEST_LINE].split(separator)]
            if len(fields) >= LEAST_COLUMNS:
                columns = read_columns(fields)
                yield LogForm(separator=separator, header=fields, line=number, columns=columns)


def _table_of(text: str, form: LogForm) -> tuple[Any, int]:
    """Read the rows below the header as texts; say how many have another number of fields."""
    torn = 0

    def skip(_: Any) -> str:  # noqa: ANN401 - of pyarrow
        nonlocal torn
        torn += 1
        return "skip"

    names = [str(place) for place in range(len(form.header))]
    wanted = [str(column.place) for column in form.columns]
    table = CSV.read_csv(
        io.BytesIO(text.encode("utf-8", errors="replace")),
        read_options=CSV.ReadOptions(
            column_names=names, skip_rows=form.line + 1, use_threads=False
        ),
        parse_options=CSV.ParseOptions(delimiter=form.separator, invalid_row_handler=skip),
        convert_options=CSV.ConvertOptions(
            column_types=dict.fromkeys(names, TEXT),
            include_columns=wanted,
            strings_can_be_null=False,
        ),
    )
    return table, torn


def _values(texts: Any) -> tuple[Values, Rows]:  # noqa: ANN401 - of pyarrow
    """Give a column's values (NaN: an empty field), and which rows read."""
    # A comma inside of a field is a decimal sign, whatever separates fields.
    pointed = ARROW.replace_substring(texts, ",", ".")
    reads = ARROW.match_substring_regex(pointed, NUMBER)
    empty = ARROW.equal(ARROW.utf8_trim_whitespace(pointed), "")
    bare = ARROW.utf8_trim(ARROW.if_else(reads, pointed, "nan"), " \t%")
    values = ARROW.cast(bare, pa.float64()).to_numpy()
    readable = ARROW.or_(reads, empty).to_numpy(zero_copy_only=False)
    return values, np.asarray(readable, dtype=bool)


def main() -> int:
    """Read a log from the standard input, and write its figures as JSON; `null`: it has none."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    try:
        found = summary_of(sys.stdin.buffer.read())
    except Exception:  # noqa: BLE001 - whatever the reader says, it is a file without figures
        found = None
    sys.stdout.buffer.write(orjson.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
