"""Free reports of technicians made cards: how many are valid, and what was read, missed, invented.

The development reports were tuned on; the kept ones were written by people who saw no rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from bench.bars import Bar, Better
from domain.card_drafts import CardDraft
from ingest import knowledge
from ingest.card_draft import draft_card
from ingest.knowledge import shipped_lexicon
from ingest.lexicon import Lexicon
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
    for suffix, names in (("", (drafts.DEVELOPMENT, drafts.SECOND)), ("_kept", drafts.HELD_BACK)):
        drafted = [_draft_file(name, lexicon, parts) for name in names]
        bars += _bars(suffix, [one for one in drafted if one.pairs])
    return bars


@dataclass(frozen=True, slots=True)
class DraftedReports:
    """The reports of one file with their drafts, and how the fields of these were counted."""

    pairs: Sequence[tuple[LabelledReport, CardDraft]]
    counted: FieldCount


def _draft_file(name: str, lexicon: Lexicon, parts: PartNames) -> DraftedReports:
    reports = drafts.labelled_reports(name)
    pairs = [(report, draft_card(report.text, lexicon, parts)) for report in reports]
    counted = FieldCount()
    for report, draft in pairs:
        counted.add(drafts.count_fields(draft, report.card, drafts.unlabelled_in(name)), report.id)
    if pairs:
        _print_totals(name, pairs, counted)
    return DraftedReports(pairs, counted)


def _print_totals(
    name: str, pairs: Sequence[tuple[LabelledReport, CardDraft]], counted: FieldCount
) -> None:
    # Who tells no complaint tells no title either: the labels name the one or both.
    right = sum(
        {*draft.missing} - {"title"} == {*report.missing} - {"title"} for report, draft in pairs
    )
    unsaid = sum(len([*drafts.says_the_text(draft)]) for _, draft in pairs)
    whole = [draft for report, draft in pairs if not report.missing]
    print(
        f"  {name}: {len(pairs)} reports, validity right in {right}, valid "
        f"{sum(map(passes_schema, whole))} of {len(whole)} complete ones; fields: "
        f"{counted.found.total()} found, {len(counted.missed)} missed, "
        f"{len(counted.invented)} invented; precision {counted.precision:.3f}, recall "
        f"{counted.recall:.3f}; {unsaid} texts whose words do not stand in the report"
    )


def _bars(suffix: str, drafted: Sequence[DraftedReports]) -> list[Bar]:
    """Give the bars over all files of a kind; none where no file is there."""
    pairs = [*chain.from_iterable(one.pairs for one in drafted)]
    whole = [draft for report, draft in pairs if not report.missing]
    if not whole:
        return []
    told = sum(one.counted.found.total() for one in drafted)
    invented = sum(len(one.counted.invented) for one in drafted)
    higher = Better.HIGHER
    return [
        Bar(
            name=f"draft_valid{suffix}",
            measured=sum(map(passes_schema, whole)) / len(whole),
            goal=VALID_GOAL,
            better=higher,
        ),
        Bar(
            name=f"draft_field_precision{suffix}",
            measured=told / (told + invented) if told else 0.0,
            goal=PRECISION_GOAL,
            better=higher,
        ),
    ]


def passes_schema(draft: CardDraft) -> bool:
    """Say whether `createCard` takes a draft as it stands."""
    content: Any = draft.content()
    return draft.valid and misread_value(API.types.type_map["CardInput"], content) is None
