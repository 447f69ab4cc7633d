"""The verb that reads a card out of a text: it stores nothing."""

from typing import Annotated

import strawberry

from domain.access import Action, ResourceKind
from domain.reports import TEXT_LIMIT
from resolvers.context import RequestInfo
from resolvers.guards import guard_field
from resolvers.hazards import danger_first
from schema.card_drafts import CardDraft
from schema.refusals import InvalidInput, NotAllowed

DraftCardResult = Annotated[
    CardDraft | InvalidInput | NotAllowed,
    strawberry.union("DraftCardResult", description="The draft, or why there is none."),
]
TextArgument = Annotated[
    str,
    strawberry.argument(
        description="A report in a technician's own words: what was noticed, found and done; at "
        "most 10,000 characters."
    ),
]


@strawberry.type
class CardDraftQueries:
    @strawberry.field(
        description="Read a card out of a free text, for a person to check. Only what the text "
        "tells stands in it, each value with its place; nothing is stored."
    )
    @guard_field(Action.CREATE, ResourceKind.CARD)
    async def draft_from_text(self, info: RequestInfo, text: TextArgument) -> DraftCardResult:
        context = info.context
        async with danger_first(context, text):
            drafted = await context.services.drafter.draft(text)
        if drafted.degraded is not None:
            context.degraded.append(drafted.degraded)
        safety = await context.services.reader.safety(drafted.text[:TEXT_LIMIT])
        return CardDraft.from_domain(drafted, safety)
