"""A card that several people changed unknown to each other is merged by vote (CF-1 to CF-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from pydantic import TypeAdapter

from domain import merging
from domain.access import Action
from domain.card_life import Change
from domain.cards import FailureCard
from domain.errors import InvalidInput, StaleVersion, Unavailable
from domain.ids import CardId, PersonId
from domain.merging import Edit, Fields
from records.offline import Proposal
from repair import review as reviews
from repair.operation import Operation
from repair.review import Content, Review

FIELDS = TypeAdapter(Fields)
# Whoever loses a race for the next version votes again on top of it.
TRIES = 8
# A version that nobody made by such an edit counts as an edit of the one before it.
BY_HAND = "version:"


class Versions(Protocol):
    async def since(self, id: CardId, n: int) -> list[FailureCard]: ...
    async def record_of(self, author: str) -> tuple[int, int]: ...


class Proposals(Protocol):
    async def propose(self, card: CardId, proposal: Proposal) -> None: ...
    async def proposals(self, card: CardId, sources: Sequence[str]) -> Sequence[Proposal]: ...


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
    """Change a card that was read at version `base`, by a vote of all that changed it since.

    Raises:
        InvalidInput: the base lies in the future, or the content names what is not known.
        NotFound, NotAllowed, IllegalTransition: as they say.
        Unavailable: others changed it at every try; do it again later.
    """
    for _ in range(TRIES):
        try:
            return await _merged(meeting, id, content, base, operation)
        except StaleVersion:
            continue
    raise Unavailable("the card", "many people change it at this moment")


async def _merged(
    meeting: Meeting, id: CardId, content: Content, base: int, operation: Operation
) -> Met:
    stands = await reviews.demanded(meeting.review.cards, id, operation, Action.UPDATE)
    if not 1 <= base <= stands.version:
        raise InvalidInput("expected_version", f"is {base}; the card is at {stands.version}")
    wanted = reviews.edited(stands, content)
    await reviews.check(meeting.review, wanted, operation)
    await _propose(meeting, (id, base), Fields.of(wanted), operation.id, operation.actor.id)
    versions, edits = await _since(meeting, id, base)
    newest = max(versions)
    made = next((e.made for e in edits if e.source == operation.id), None)
    if made is None:
        edits += await _known(meeting, id, {operation.id: newest + 1})
        said = {n: Fields.of(card) for n, card in versions.items()}
        change = Change(by=operation.actor.id, at=operation.at, expected=newest)
        made = newest + 1
        versions[made] = merging.merged(versions[newest], merging.vote(said, edits), change)
        await reviews.put(meeting.review, versions[made], operation)
    return Met(card=versions[made], theirs=versions[made - 1] if made - 1 > base else None)


async def _since(
    meeting: Meeting, id: CardId, base: int
) -> tuple[dict[int, FailureCard], list[Edit]]:
    """Give the versions from the last one that every later author knew of on, and their edits.

    What is older has no vote: everybody behind it had it in front of them.
    """
    while True:
        found = await meeting.versions.since(id, base)
        edits = await _edits(meeting, id, found)
        oldest = min((e.base for e in edits), default=base)
        if oldest >= base:
            return {card.version: card for card in found}, edits
        base = oldest


async def _edits(meeting: Meeting, id: CardId, found: Sequence[FailureCard]) -> list[Edit]:
    """Give the edits that made the versions behind the first; those made by hand count as well."""
    made = _made(found)
    kept = await meeting.proposals.proposals(id, [*made])
    queued = {made[proposal.source] for proposal in kept}
    for before, after in pairwise(found):
        if after.version not in queued and Fields.of(before) != Fields.of(after):
            source = f"{BY_HAND}{after.version}"
            by = after.provenance.editor or after.provenance.author
            await _propose(meeting, (id, before.version), Fields.of(after), source, by)
            made[source] = after.version
    return await _known(meeting, id, made)


async def _known(meeting: Meeting, id: CardId, made: Mapping[str, int]) -> list[Edit]:
    return [
        Edit(
            source=kept.source,
            weight=kept.weight,
            fields=FIELDS.validate_python(kept.fields),
            base=kept.base,
            made=made[kept.source],
        )
        for kept in await meeting.proposals.proposals(id, [*made])
    ]


def _made(found: Sequence[FailureCard]) -> dict[str, int]:
    """Give the operations that came in behind the first version, with the version each became."""
    known = _sources(found[0])
    made: dict[str, int] = {}
    for card in found[1:]:
        made |= dict.fromkeys(_sources(card) - known, card.version)
        known |= _sources(card)
    return made


def _sources(card: FailureCard) -> set[str]:
    told = card.merge.sources if card.merge else ()
    return {source for source in told if not source.startswith(BY_HAND)}


async def _propose(
    meeting: Meeting, about: tuple[CardId, int], fields: Fields, source: str, by: PersonId
) -> None:
    """Keep what somebody wants of a card at its base version, with the weight of their record."""
    card, base = about
    weight = merging.weight(*await meeting.versions.record_of(by))
    document: Mapping[str, Any] = FIELDS.dump_python(fields, mode="json")
    proposal = Proposal(source=source, base=base, weight=weight, fields=document)
    await meeting.proposals.propose(card, proposal)
