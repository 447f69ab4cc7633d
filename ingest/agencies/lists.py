"""Any other list of recalls, whose columns have our names or were told with `--map`."""

import re

from domain.vehicles import slug
from ingest.agencies.agency import Fields, RecallKind, kind_of_words

# A number of any authority: letters, digits and what parts them.
NUMBER = re.compile(r"(?=[^\d]{0,20}\d)[^\s,;]{2,40}")


class OtherLists:
    form = "listed"
    root = "recall"
    number_example = "2021-123"
    months_lead = False

    def number(self, fields: Fields) -> str:
        written = " ".join(fields.get("campaign", "").split()).upper()
        return written if NUMBER.fullmatch(written) and slug(written) else ""

    def kind(self, number: str, fields: Fields) -> RecallKind:  # noqa: ARG002 - its own column tells
        return kind_of_words(fields.get("kind", "")) or RecallKind.VEHICLE

    def shared_fields(self, fields: Fields) -> Fields:
        return fields

    def year_of_number(self, number: str) -> int | None:
        found = re.search(r"(?:19[6-9]|20[0-4])\d", number)
        return int(found[0]) if found else None
