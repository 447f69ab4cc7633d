"""The verbs of a garage that was away: catch up, hand in its queue, say where it is."""

from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON
from strawberry.types.arguments import convert_argument

from domain.access import SCOPES, Action, Actor, Kind, Scope
from domain.cards import CardStatus, FailureCard
from domain.errors import CursorLost
from domain.ids import CardId, TicketId
from resolvers.context import Ask, Context
from resolvers.guards import guarded, signed_in
from resolvers.queued import Work
from schema import repair
from schema.changes import Resync
from schema.nodes import MOST, size
from schema.syncing import (
    ChangePriority,
    Changes,
    ChangesResult,
    Delta,
    GarageSync,
    Gone,
    OperationsAnswered,
    SyncOperationsResult,
)
from schema.vocabulary import First
from sync import queue
from sync.cursors import Place
from sync.delta import CARD, Ranked

EVERYWHERE = "*"
OUT_OF_USE = {
    CardStatus.MERGED: Gone.MERGED,
    CardStatus.DEPRECATED: Gone.RETIRED,
    CardStatus.REJECTED: Gone.RETIRED,
}
READ_ALL = "Read cards and tickets page by page, then ask for changes after this cursor."
Behind = Annotated[
    str | None,
    strawberry.argument(description="The cursor of the last batch you kept; null: none yet."),
]
Records = Annotated[
    list[JSON],
    strawberry.argument(description="Records of the queue (JSON Schema in docs), at most 200."),
]


@strawberry.type
class CatchingUp:
    @strawberry.field(description="What changed behind a cursor: the latest of each thing.")
    @guarded(Action.READ, Kind.CARD)
    async def changes(self, info: Ask, after: Behind = None, first: First = MOST) -> ChangesResult:
        context = info.context
        actor = context.actor
        size(first)
        owner, deltas = _owner(actor), context.services.deltas
        seal = partial(context.services.places.seal, owner=owner)
        if after is None:
            return Resync(message=READ_ALL, cursor=seal(Place(done=await deltas.head())))
        place = context.services.places.open(after, owner)
        every = SCOPES[actor.role] is Scope.ALL_GARAGES
        try:
            batch = await deltas.after(place, actor.garage, first, every=every)
        except CursorLost as lost:
            return Resync(message=READ_ALL, cursor=seal(Place(done=lost.last)))
        if actor.garage is not None:
            await context.services.offline.acknowledge(actor.garage, place.done)
        return Changes(
            entries=await _entries(context, batch.entries),
            cursor=seal(batch.place),
            more=batch.more,
            lag=batch.lag,
        )

    @strawberry.field(description="How far garages have come: your own, or all of them.")
    @guarded(Action.READ, Kind.CARD)
    async def sync_status(self, info: Ask) -> list[GarageSync]:
        context = info.context
        actor = context.actor
        every = SCOPES[actor.role] is Scope.ALL_GARAGES
        if actor.garage is None and not every:
            return []
        head = await context.services.deltas.head()
        found = await context.services.offline.standings(None if every else actor.garage)
        return [
            GarageSync(
                garage=s.garage, position=s.seq, lag=max(0, head - s.seq), last_sync=s.moved_at
            )
            for s in found
        ]


@strawberry.type
class Draining:
    @strawberry.mutation(description="Hand in a queue; each operation has an answer of its own.")
    @signed_in
    async def sync_operations(self, info: Ask, operations: Records) -> SyncOperationsResult:
        context = info.context
        queue.demand_size(operations)
        api: Any = info.schema
        convert = partial(
            convert_argument,
            scalar_registry=api.schema_converter.scalar_registry,
            config=api.config,
        )
        work = Work(context, api.types, convert)
        return OperationsAnswered(answers=await work.answers([*operations]))


def _owner(actor: Actor) -> str:
    return actor.garage or EVERYWHERE


async def _entries(context: Context, ranked: tuple[Ranked, ...]) -> list[Delta]:
    cards = [CardId(r.entry.entity) for r in ranked if r.entry.kind == CARD]
    tickets = [TicketId(r.entry.entity) for r in ranked if r.entry.kind != CARD]
    seen = await context.services.cards.many(cards, context.viewer)
    lost = [card for card in cards if card not in seen]
    once_seen = (
        await context.services.cards.once_seen(lost, context.viewer) if lost else set[CardId]()
    )
    theirs = await context.services.tickets.many(tickets, context.actor)
    told: list[Delta] = []
    for entry in ranked:
        key = entry.entry.entity
        delta = Delta(kind=entry.entry.kind, key=key, priority=ChangePriority(entry.priority.value))
        if entry.entry.kind != CARD:
            ticket = theirs.get(TicketId(key))
            delta.ticket = None if ticket is None else repair.Ticket.of(ticket)
            delta.gone = Gone.HIDDEN if ticket is None else None
        elif (card := seen.get(CardId(key))) is not None:
            _tell(delta, card)
        elif CardId(key) in once_seen:
            delta.gone = Gone.HIDDEN
        else:
            continue
        told.append(delta)
    return told


def _tell(delta: Delta, card: FailureCard) -> None:
    delta.gone = OUT_OF_USE.get(card.status)
    delta.merged_into = card.merged_into
    if delta.gone is None:
        delta.card = repair.FailureCard.of(card)
