"""Product Safety Australia: its list of recalls as CSV, those whose product is a vehicle."""

import re

from ingest.agencies.agency import (
    Fields,
    RecallKind,
    kind_of_words,
    make_of_product,
    written_years,
    years_of_text,
)

NUMBER = re.compile(r"(?:PRA)?\s?(\d{4})/\d{3,6}|REC-?\d{4,7}")


class Australia:
    form = "australia"
    root = "australia"
    number_example = "2021/19012"
    months_lead = False

    def number(self, fields: Fields) -> str:
        written = fields.get("campaign", "").strip().upper()
        return written.removeprefix("PRA").strip() if NUMBER.fullmatch(written) else ""

    def kind(self, number: str, fields: Fields) -> RecallKind:  # noqa: ARG002 - the product tells
        """A product that is called by a vehicle's maker is a vehicle, unless its words say else."""
        told = kind_of_words(fields.get("category", ""), fields.get("product", ""))
        if told is not None and told is not RecallKind.VEHICLE:
            return told
        made = make_of_product(fields.get("product", ""))
        return RecallKind.VEHICLE if made or told else RecallKind.OTHER

    def shared_fields(self, fields: Fields) -> Fields:
        product = fields.get("product", "")
        years = years_of_text(fields.get("title", ""), product)
        make, model = make_of_product(product) or (fields.get("make", ""), product)
        return fields | {"make": make, "model": _without_years(model)} | written_years(years)

    def year_of_number(self, number: str) -> int | None:
        year = number.partition("/")[0]
        return int(year) if year.isdigit() else None


def _without_years(model: str) -> str:
    return re.sub(r"\s{0,3}\(?\b(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)\d\d)?\)?", "", model).strip(
        " ,"
    )
