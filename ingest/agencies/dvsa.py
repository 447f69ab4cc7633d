"""The Driver and Vehicle Standards Agency (United Kingdom): its list of recalls as CSV."""

import re
from typing import cast

from ingest.agencies.agency import (
    KIND_OF_WORD,
    WORDS,
    Fields,
    RecallKind,
    written_years,
    years_of_text,
)

NUMBER = re.compile(r"(R[A-Z]{0,6})/(\d{4})/(\d{1,5})")


class Dvsa:
    form = "dvsa"
    root = "dvsa"
    number_example = "R/2021/123"
    months_lead = False

    def number(self, fields: Fields) -> str:
        written = fields.get("campaign", "").strip().upper().replace(" ", "")
        return written if NUMBER.fullmatch(written) else ""

    def kind(self, number: str, fields: Fields) -> RecallKind:  # noqa: ARG002 - the number tells all
        kinds = cast("dict[str, str]", WORDS["dvsa_kinds"])
        return KIND_OF_WORD[kinds.get(number.partition("/")[0], "vehicle")]

    def shared_fields(self, fields: Fields) -> Fields:
        """Give the concern as the component; the years are those in which it was built."""
        built = years_of_text(fields.get("built_from", ""), fields.get("built_to", ""))
        return fields | {"component": fields.get("concern", "")} | written_years(built)

    def year_of_number(self, number: str) -> int | None:
        return int(number.split("/")[1])
