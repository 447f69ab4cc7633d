"""A card that several people changed unknown to each other is merged by vote (CF-1 to CF-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from pydantic import TypeAdapter

from domain import merging
from domain.access import Action, Kind, Resource, Viewer, demand, viewer
from domain.card_life import NEXT
from domain.cards import CardStatus, FailureCard
from domain.errors import IllegalTransition, InvalidInput, StaleVersion
from domain.events import EventType
from domain.ids import CardId, PersonId
from domain.merging import Edit, Fields
from records.offline import Proposal
from repair.operation import Operation
from repair.review import Content, Review, update

FIELDS = TypeAdapter(Fields)
EVERY_CARD = Viewer(sees_all=True)


class Versions(Protocol):
    async def version(self, id: CardId, n: int, viewer: Viewer) -> FailureCard: ...
    async def record_of(self, author: str) -> tuple[int, int]: ...


class Proposals(Protocol):
    async def propose(self, card: CardId, base: int, proposal: Proposal) -> None: ...
    async def proposals(self, card: CardId, base: int) -> Sequence[Proposal]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """What merging needs beside what changing a card needs."""

    review: Review
    versions: Versions
    proposals: Proposals


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The card as it stands; with `theirs`, the one that was met, the change was merged into it."""

    card: FailureCard
    theirs: FailureCard | None = None


async def edit(
    meeting: Meeting, id: CardId, content: Content, base: int, operation: Operation
) -> Met:
    """Change a card that was read at version `base`, straight or by a vote of all such changes.

    Raises:
        InvalidInput: the base lies in the future.
        NotFound, NotAllowed, IllegalTransition: as they say.
    """
    stands = await meeting.review.cards.get(id, viewer(operation.actor))
    about = Resource(kind=Kind.CARD, garage=stands.provenance.garage)
    demand(operation.actor, Action.UPDATE, about)
    if base > stands.version:
        raise InvalidInput("expected_version", f"is {base}; the card is at {stands.version}")
    try:
        card = await update(meeting.review, id, content, base, operation)
        await _propose(meeting, (id, base), _fields(content), operation.id, operation.actor.id)
        return Met(card=card)
    except StaleVersion:
        return await _voted(meeting, id, content, base, operation)


async def _voted(
    meeting: Meeting, id: CardId, content: Content, base: int, operation: Operation
) -> Met:
    stands = await meeting.review.cards.get(id, viewer(operation.actor))
    if not NEXT[stands.status]:
        raise IllegalTransition(id, stands.status, "edited")
    was = await meeting.versions.version(id, base, EVERY_CARD)
    await _count_theirs(meeting, id, base)
    await _propose(meeting, (id, base), _fields(content), operation.id, operation.actor.id)
    edits = [_edit(p) for p in await meeting.proposals.proposals(id, base)]
    merged = merging.merged(stands, merging.vote(Fields.of(was), edits), operation.at)
    if merged.version == stands.version:
        return Met(card=stands, theirs=stands)
    lost = stands.status is CardStatus.VERIFIED
    status = CardStatus.PROVISIONAL if lost else stands.status
    told = replace(
        merged,
        status=status,
        verification=None,
        provenance=replace(stands.provenance, editor=operation.actor.id, updated_at=operation.at),
    )
    event = operation.event(EventType.CARD_UPDATED, id, told.version)
    await meeting.review.cards.put(told, [event], expected=stands.version)
    return Met(card=told, theirs=stands)


async def _count_theirs(meeting: Meeting, id: CardId, base: int) -> None:
    """Count the version that followed `base` as a proposal, if nobody proposed it offline."""
    if await meeting.proposals.proposals(id, base):
        return
    next_one = await meeting.versions.version(id, base + 1, EVERY_CARD)
    by = next_one.provenance.editor or next_one.provenance.author
    await _propose(meeting, (id, base), Fields.of(next_one), f"version:{base + 1}", by)


async def _propose(
    meeting: Meeting, about: tuple[CardId, int], fields: Fields, source: str, by: PersonId
) -> None:
    """Keep what somebody wants of a card at its base version, with the weight of their record."""
    weight = merging.weight(*await meeting.versions.record_of(by))
    document: Mapping[str, Any] = FIELDS.dump_python(fields, mode="json")
    proposal = Proposal(source=source, weight=weight, fields=document)
    await meeting.proposals.propose(*about, proposal)


def _fields(content: Content) -> Fields:
    return Fields(
        root_cause=content.cause.primary,
        solution_steps=content.resolution.steps,
        parts_required=content.resolution.parts,
    )


def _edit(proposal: Proposal) -> Edit:
    fields = FIELDS.validate_python(proposal.fields)
    return Edit(source=proposal.source, weight=proposal.weight, fields=fields)
