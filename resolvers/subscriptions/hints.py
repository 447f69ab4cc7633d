"""The verb of a garage that keeps a copy: it hears what to fetch, the urgent at once."""

from collections.abc import AsyncGenerator
from typing import assert_never

import strawberry

from domain.access import Action, ResourceKind
from domain.errors import InvalidInput
from domain.events import Event, EventType
from domain.ids import CardId
from domain.urgency import BATCH_NAME, HOUR_NAME, Urgency, hour_named
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field
from resolvers.offline.delta import OUT_OF_USE
from resolvers.subscriptions.changes import (
    CursorArgument,
    follow_changes,
    parse_cursor,
    read_patiently,
    refusal_of,
)
from schema import tickets
from schema.hints import CardToSync, ChangesToSync, DigestReady, SyncAction, SyncNews
from schema.subscriptions import Resync
from sync.delta import CARD

HINTS = frozenset({EventType.SYNC_REQUIRED, EventType.NOTIFICATION_SEND})


@strawberry.type
class HintSubscription:
    @strawberry.subscription(
        description="What a garage that keeps a copy is to fetch: new, verified and urgent cards "
        "at once, other changes in batches of five seconds, the hour's digest."
    )
    @guard_field(Action.READ, ResourceKind.CARD)
    async def sync_required(
        self, info: RequestInfo, after: CursorArgument = None
    ) -> AsyncGenerator[SyncNews, None]:
        context = info.context
        try:
            async for step in follow_changes(context, HINTS, parse_cursor(after)):
                if isinstance(step, Resync):
                    yield step
                elif (told := await _told_of(context, *step)) is not None:
                    yield told
        except InvalidInput as wrong:
            context.end_run()
            yield refusal_of(wrong)
        except BaseException:
            context.end_run()
            raise


def urgency_of_hint(event: Event) -> Urgency | None:
    """Say what a hint is about; None: the event is none, but a notice to a customer."""
    if event.type is EventType.NOTIFICATION_SEND:
        return Urgency.HOURLY if event.entity.startswith(HOUR_NAME) else None
    return Urgency.BATCH if event.entity.startswith(BATCH_NAME) else Urgency.AT_ONCE


async def _told_of(
    context: RequestContext, seq: int, event: Event
) -> CardToSync | ChangesToSync | DigestReady | None:
    urgency = urgency_of_hint(event)
    match urgency:
        case Urgency.AT_ONCE:
            return await _card_to_sync(context, CardId(event.entity), str(seq))
        case Urgency.BATCH:
            return ChangesToSync(cursor=str(seq))
        case Urgency.HOURLY:
            hour = hour_named(event.entity)
            return None if hour is None else DigestReady(hour=hour, cursor=str(seq))
        case None:
            return None
        case _:
            assert_never(urgency)


async def _card_to_sync(context: RequestContext, key: CardId, cursor: str) -> CardToSync | None:
    """Give the card as it stands; nothing is said of one that is not for these eyes."""
    read = await read_patiently(
        context, lambda: context.services.cards.many([key], context.follower)
    )
    card = read.get(key)
    if card is None:
        context.note_withdrawn(key)
        return None
    gone = card.status in OUT_OF_USE
    return CardToSync(
        kind=CARD,
        action=SyncAction.DELETE if gone else SyncAction.UPSERT,
        key=key,
        card=None if gone else tickets.FailureCard.from_domain(card),
        cursor=cursor,
    )
