"""Why a card is suggested, in the API: the evidence piece by piece, as data and in words."""

from collections.abc import Sequence
from typing import Annotated, Self

import strawberry
from strawberry import field

from domain import reasons
from domain.languages import Language
from domain.reason_sentences import reason_clause
from domain.reasons import ReasonKind
from domain.tickets import ShownReason
from ingest.translations import translate_name
from schema.usage import Rate

ReaderLanguage = Annotated[
    Language | None,
    strawberry.argument(
        description="The reader's; without it that of the report, where it is one of these, "
        "else English."
    ),
]


@strawberry.type(description="One piece of evidence for a card, or against it.")
class Reason:
    kind: ReasonKind = field(description="What kind of evidence it is.")
    subject: str = field(description="The key of the thing it names: a code, a symptom, ….")
    fits: bool = field(description="Whether it speaks for the card; else it says what is at odds.")
    told: list[str] = field(
        description="The names, figures and words that `text` speaks of, in English."
    )
    outcomes: Rate | None = field(description="What happened when the card was used.")
    value: strawberry.Private[reasons.Reason]
    reader: strawberry.Private[Language]

    @strawberry.field(description="The same in words that a mechanic reads, without any key.")
    def text(self, language: ReaderLanguage = None) -> str:
        return reason_clause(self.value, language or self.reader, translate_name)

    @classmethod
    def from_domain(cls, value: reasons.Reason, reader: Language) -> Self:
        found = value.outcomes
        return cls(
            kind=value.kind,
            subject=value.subject,
            fits=value.fits,
            told=[one for one in value.told if one],
            outcomes=None if found is None else Rate.counted(found.successes, found.n),
            value=value,
            reader=reader,
        )


def kept_reasons(shown: Sequence[ShownReason]) -> list[reasons.Reason]:
    """Give the reasons that were shown; those that an older release kept tell fewer names."""
    return [
        reasons.Reason(
            kind=ReasonKind(one.kind),
            subject=one.subject,
            told=one.told,
            outcomes=None
            if one.uses is None
            else reasons.OutcomeCounts.counted(one.worked or 0, one.uses),
        )
        for one in shown
    ]
