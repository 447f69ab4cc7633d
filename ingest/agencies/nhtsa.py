"""The National Highway Traffic Safety Administration (USA): interface, its CSV, and flat file.

The flat file's columns are those of the agency's RCL.txt; the interface and its CSV name the same
things differently. Dates are written day first by the interface, month first by the data portal.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import cast

from ingest.agencies.agency import KIND_OF_WORD, WORDS, Fields, RecallKind, kind_of_words
from ingest.cells import plain_markup
from ingest.column_names import known_form
from ingest.files import FileRow, TextFile

# Year, kind, number: 20V543000. Old tables hold a few with a letter in the number (21V00M000).
CAMPAIGN = re.compile(r"[0-9]{2}[A-Z][0-9A-Z]{3}[0-9]{3}")
# The API gives 20V543000; forms and letters write 20V-543.
CAMPAIGN_DIGITS = 9
FLAT = tuple(
    """RECORD_ID CAMPNO MAKETXT MODELTXT YEARTXT MFGCAMPNO COMPNAME MFGNAME BGMAN ENDMAN RCLTYPECD
    POTAFF ODATE INFLUENCED_BY MFGTXT RCDATE DATEA RPNO FMVSS DESC_DEFECT CONEQUENCE_DEFECT
    CORRECTIVE_ACTION NOTES RCL_CMPT_ID MFR_COMP_NAME MFR_COMP_DESC MFR_COMP_PTNO DO_NOT_DRIVE
    PARK_OUTSIDE""".split()
)
LEAST_FLAT = FLAT.index("CORRECTIVE_ACTION")
# Of the agency's flat file of complaints (CMPL.txt): where what a report needs stands.
COMPLAINT = {"id": 1, "make": 3, "model": 4, "year": 5, "text": 19}
LEAST_COMPLAINT = 20
LOOKED_AT = 20
# Of so many lines most are whole: what they have in columns, every line has to have.
SAMPLE = 200
# Numbers of the sixties are of the last century.
PIVOT = 60


class Nhtsa:
    form = "nhtsa"
    root = "nhtsa"
    number_example = "20V543000"
    months_lead = False

    def number(self, fields: Fields) -> str:
        """Give the number in its full form: "20V-543" → "20V543000"."""
        written = fields.get("campaign", "").strip().upper().replace("-", "").replace(" ", "")
        full = written.ljust(CAMPAIGN_DIGITS, "0")
        return full if CAMPAIGN.fullmatch(full) else ""

    def kind(self, number: str, fields: Fields) -> RecallKind:
        """Take the type's column, and else the letter of the number."""
        letters = cast("dict[str, str]", WORDS["nhtsa_kinds"])
        told = fields.get("kind", "").strip()
        if told and told.upper() not in letters:
            return kind_of_words(told) or RecallKind.VEHICLE
        return KIND_OF_WORD[letters.get(told.upper() or number[2], "vehicle")]

    def shared_fields(self, fields: Fields) -> Fields:
        return fields

    def year_of_number(self, number: str) -> int | None:
        year = int(number[:2])
        return year + (1900 if year >= PIVOT else 2000)


def is_flat(file: TextFile) -> bool:
    """Say whether a file is the flat file of recalls: a number stands where a header would."""
    starts = (line.split("\t") for line in islice(file.lines("\n"), LOOKED_AT))
    return any(
        len(cells) > LEAST_FLAT and Nhtsa().number({"campaign": cells[1]}) for cells in starts
    )


def is_flat_complaints(file: TextFile) -> bool:
    """Say whether a file is the agency's flat file of complaints, which has no header either."""
    cells = next(iter(file.lines("\n"))).split("\t")
    return len(cells) >= LEAST_COMPLAINT and all(cell.strip().isdigit() for cell in cells[:2])


def complaint_rows(file: TextFile) -> Iterator[FileRow]:
    """Read the flat file of complaints: each is a report, called by its ODI number."""
    for number, line in enumerate(file.lines("\n"), 1):
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) >= LEAST_COMPLAINT:
            named = {name: cells[place].strip() for name, place in COMPLAINT.items()}
            yield FileRow(number, named)
        elif line.strip():
            yield FileRow(number, {"id": cells[0][:40]}, f"has {len(cells)} fields; it was cut")


def flat_rows(file: TextFile) -> Iterator[FileRow]:
    """Read the flat file a line at a time; a line that was cut or run together says so."""
    width = _usual_width(file)
    named = known_form(Nhtsa.form).take(FLAT[:width])
    for number, line in enumerate(file.lines("\n"), 1):
        cells = line.rstrip("\r\n").split("\t")
        if len(cells) == width:
            yield FileRow(number, _fields_of(cells, named))
        elif line.strip():
            told = cells[1] if len(cells) > 1 else ""
            reason = f"has {len(cells)} fields where the file's lines have {width}"
            yield FileRow(number, {"campaign": told}, reason)


def _fields_of(cells: Sequence[str], named: Sequence[tuple[int, str]]) -> Fields:
    fields: Fields = {}
    for place, name in named:
        if cells[place] and name not in fields:
            fields[name] = plain_markup(cells[place].strip())
    return fields


def _usual_width(file: TextFile) -> int:
    """Give how many columns most lines have: old files lack the last ones."""
    counts: dict[int, int] = {}
    for number, line in enumerate(file.lines("\n")):
        if number >= SAMPLE:
            break
        width = line.count("\t") + 1
        counts[width] = counts.get(width, 0) + 1
    return max((count, width) for width, count in counts.items() if width > LEAST_FLAT)[1]
