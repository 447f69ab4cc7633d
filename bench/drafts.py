"""Free reports of technicians made cards: how many are valid, and what was read, missed, invented.

The development reports were tuned on; the kept ones were written by somebody who saw no rule.
"""

from collections.abc import Sequence
from typing import Any

from bench.bars import Bar, Better
from bench.readers import shipped_lexicon
from domain.card_drafts import CardDraft
from ingest import knowledge
from ingest.card_draft import draft_card
from ingest.part_names import PartNames
from resolvers.api import build_api
from resolvers.input_paths import misread_value
from tests.ingest import drafts
from tests.ingest.drafts import FieldCount, LabelledReport

VALID_GOAL, PRECISION_GOAL = 0.90, 0.95
API = build_api(introspection=False)


async def run() -> list[Bar]:
    """Draft a card from each report."""
    lexicon = shipped_lexicon()
    parts = PartNames.from_parts(knowledge.read_knowledge().parts)
    bars: list[Bar] = []
    for name, suffix in ((drafts.DEVELOPMENT, ""), (drafts.HELD_BACK, "_kept")):
        reports = drafts.labelled_reports(name)
        if reports:
            made = [draft_card(report.text, lexicon, parts) for report in reports]
            bars += _bars(name, suffix, reports, made)
    return bars


def _bars(
    name: str, suffix: str, reports: Sequence[LabelledReport], made: Sequence[CardDraft]
) -> list[Bar]:
    counted = FieldCount()
    unlabelled = drafts.KEPT_UNLABELLED if name == drafts.HELD_BACK else frozenset[str]()
    for report, draft in zip(reports, made, strict=True):
        counted.add(drafts.count_fields(draft, report.card, unlabelled), report.id)
    pairs = list(zip(reports, made, strict=True))
    whole = [draft for report, draft in pairs if not report.missing]
    valid = sum(passes_schema(draft) for draft in whole) / len(whole)
    right = sum({*draft.missing} == {*report.missing} for report, draft in pairs)
    print(
        f"  {name}: {len(reports)} reports, validity right in {right}; fields: "
        f"{counted.found.total()} found, {len(counted.missed)} missed, "
        f"{len(counted.invented)} invented; recall {counted.recall:.3f}"
    )
    unsaid = [path for draft in made for path in drafts.says_the_text(draft)]
    print(f"  {name}: {len(unsaid)} texts whose words do not stand in the report")
    higher = Better.HIGHER
    return [
        Bar(name=f"draft_valid{suffix}", measured=valid, goal=VALID_GOAL, better=higher),
        Bar(
            name=f"draft_field_precision{suffix}",
            measured=counted.precision,
            goal=PRECISION_GOAL,
            better=higher,
        ),
    ]


def passes_schema(draft: CardDraft) -> bool:
    """Say whether `createCard` takes a draft as it stands."""
    content: Any = draft.content()
    return draft.valid and misread_value(API.types.type_map["CardInput"], content) is None
