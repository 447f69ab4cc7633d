"""The verbs of a garage that was away: catch up, hand in its queue, say where it is."""

from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON
from strawberry.types.arguments import convert_argument

from domain.access import Action, Actor, ResourceKind
from domain.cards import CardStatus, FailureCard
from domain.errors import CursorLost
from domain.ids import CardId, TicketId
from resolvers.context import RequestContext, RequestInfo
from resolvers.guards import guard_field, signed_in
from resolvers.offline.queue import QueueRun
from schema import tickets as schema_tickets
from schema.nodes import MOST, page_size
from schema.offline import (
    ChangePriority,
    Changes,
    ChangesResult,
    Delta,
    GarageSync,
    Gone,
    OperationsAnswered,
    SyncOperationsResult,
)
from schema.subscriptions import Resync
from schema.vocabulary import First
from sync import offline_queue
from sync.delta import CARD, RankedEntry
from sync.delta_cursors import DeltaPosition

EVERYWHERE = "*"
OUT_OF_USE = {
    CardStatus.MERGED: Gone.MERGED,
    CardStatus.DEPRECATED: Gone.RETIRED,
    CardStatus.REJECTED: Gone.RETIRED,
}
READ_ALL = "Read cards and tickets page by page, then ask for changes after this cursor."
CursorArgument = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the last batch you kept; null: none yet."),
]
RecordsArgument = Annotated[
    list[JSON],
    strawberry.argument(description="Records of the queue (JSON Schema in docs), at most 200."),
]


@strawberry.type
class OfflineQueries:
    @strawberry.field(description="What changed behind a cursor: the latest of each thing.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def changes(
        self, info: RequestInfo, after: CursorArgument = None, first: First = MOST
    ) -> ChangesResult:
        context = info.context
        actor = context.actor
        page_size(first)
        owner, deltas = _cursor_owner(actor), context.services.deltas
        seal = partial(context.services.delta_cursors.seal, owner=owner)
        if after is None:
            return Resync(message=READ_ALL, cursor=seal(DeltaPosition(done=await deltas.head())))
        place = context.services.delta_cursors.open(after, owner)
        every = actor.reach.every_garage
        try:
            batch = await deltas.after(place, actor.garage, first, every=every)
        except CursorLost as lost:
            return Resync(message=READ_ALL, cursor=seal(DeltaPosition(done=lost.last)))
        if actor.garage is not None:
            await context.services.offline.acknowledge(actor.garage, place.done)
        return Changes(
            entries=await _delta_entries(context, batch.entries),
            cursor=seal(batch.place),
            more=batch.more,
            lag=batch.lag,
        )

    @strawberry.field(description="How far garages have come: your own, or all of them.")
    @guard_field(Action.READ, ResourceKind.CARD)
    async def sync_status(self, info: RequestInfo) -> list[GarageSync]:
        context = info.context
        actor = context.actor
        every = actor.reach.every_garage
        if actor.garage is None and not every:
            return []
        head = await context.services.deltas.head()
        found = await context.services.offline.garage_positions(None if every else actor.garage)
        return [
            GarageSync(
                garage=s.garage, position=s.seq, lag=max(0, head - s.seq), last_sync=s.moved_at
            )
            for s in found
        ]


@strawberry.type
class OfflineMutations:
    @strawberry.mutation(description="Hand in a queue; each operation has an answer of its own.")
    @signed_in
    async def sync_operations(
        self, info: RequestInfo, operations: RecordsArgument
    ) -> SyncOperationsResult:
        context = info.context
        offline_queue.demand_size(operations)
        api: Any = info.schema
        convert = partial(
            convert_argument,
            scalar_registry=api.schema_converter.scalar_registry,
            config=api.config,
        )
        work = QueueRun(context, api.types, convert)
        return OperationsAnswered(answers=await work.answer_all([*operations]))


def _cursor_owner(actor: Actor) -> str:
    return actor.garage or EVERYWHERE


async def _delta_entries(context: RequestContext, batch: tuple[RankedEntry, ...]) -> list[Delta]:
    # A key may read cards and no tickets: of these it is told nothing, as by every other way.
    reads_tickets = context.actor.has_right(Action.READ, ResourceKind.TICKET)
    ranked = [r for r in batch if reads_tickets or r.entry.kind == CARD]
    cards = [CardId(r.entry.entity) for r in ranked if r.entry.kind == CARD]
    tickets = [TicketId(r.entry.entity) for r in ranked if r.entry.kind != CARD]
    seen = await context.services.cards.many(cards, context.viewer)
    lost = [card for card in cards if card not in seen]
    once_seen = (
        await context.services.cards.once_visible(lost, context.viewer) if lost else set[CardId]()
    )
    theirs = await context.services.tickets.many(tickets, context.actor)
    deleted = await _deleted(context, lost, [one for one in tickets if one not in theirs])
    told: list[Delta] = []
    for entry in ranked:
        key = entry.entry.entity
        delta = Delta(kind=entry.entry.kind, key=key, priority=ChangePriority(entry.priority.value))
        if entry.entry.kind != CARD:
            ticket = theirs.get(TicketId(key))
            delta.ticket = None if ticket is None else schema_tickets.Ticket.from_domain(ticket)
            delta.gone = _why_gone(key, deleted) if ticket is None else None
        elif (card := seen.get(CardId(key))) is not None:
            _fill_card(delta, card)
        elif CardId(key) in once_seen:
            delta.gone = _why_gone(key, deleted)
        else:
            continue
        told.append(delta)
    return told


async def _deleted(
    context: RequestContext, cards: list[CardId], tickets: list[TicketId]
) -> set[str]:
    """Give those that were deleted and that the caller could see until then."""
    given, gone = context.services, set[str]()
    if cards:
        gone |= (await given.cards.tombstones(cards, context.viewer)).keys()
    if tickets:
        gone |= (await given.tickets.tombstones(tickets, context.actor)).keys()
    return gone


def _why_gone(key: str, deleted: set[str]) -> Gone:
    return Gone.DELETED if key in deleted else Gone.HIDDEN


def _fill_card(delta: Delta, card: FailureCard) -> None:
    delta.gone = OUT_OF_USE.get(card.status)
    delta.merged_into = card.merged_into
    if delta.gone is None:
        delta.card = schema_tickets.FailureCard.from_domain(card)
