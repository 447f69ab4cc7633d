"""Safety Gate, once RAPEX (European Union): its alerts as CSV and XML, those of motor vehicles."""

import re
from typing import cast

from ingest.agencies.agency import (
    WORDS,
    Fields,
    RecallKind,
    any_word,
    kind_of_words,
    written_years,
    years_of_text,
)

NUMBER = re.compile(r"[A-Z]{1,5}\d{0,3}/\d{3,6}/(\d{2}|\d{4})")
CENTURY = 100


class SafetyGate:
    form = "safety_gate"
    root = "safety_gate"
    number_example = "A12/00328/22"
    months_lead = False

    def number(self, fields: Fields) -> str:
        written = fields.get("campaign", "").strip().upper().replace(" ", "")
        return written if NUMBER.fullmatch(written) else ""

    def kind(self, number: str, fields: Fields) -> RecallKind:  # noqa: ARG002 - the product tells
        """Take the product's words; a motor vehicle without any is a vehicle."""
        told = kind_of_words(fields.get("product", ""))
        category = fields.get("category", "")
        of_vehicles = any_word(cast("list[str]", WORDS["vehicle_categories"]), category)
        if category and not of_vehicles:
            apart = told is RecallKind.TYRE or told is RecallKind.CHILD_SEAT
            return told if told is not None and apart else RecallKind.OTHER
        if told is not None:
            return told
        return RecallKind.VEHICLE if of_vehicles else RecallKind.OTHER

    def shared_fields(self, fields: Fields) -> Fields:
        built = years_of_text(fields.get("built", ""))
        told = {"component": "", "consequence": fields.get("risk", "")}
        return fields | told | written_years(built)

    def year_of_number(self, number: str) -> int | None:
        year = int(number.rpartition("/")[2])
        return year if year >= CENTURY else 2000 + year
