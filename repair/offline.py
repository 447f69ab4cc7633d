"""A card that several people changed unknown to each other is merged by vote (CF-1 to CF-4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from pydantic import TypeAdapter

from domain import merges
from domain.access import Action
from domain.card_lifecycle import CardChange
from domain.cards import FailureCard
from domain.errors import InvalidInput, StaleVersion, Unavailable
from domain.ids import CardId, PersonId
from domain.merges import CardEdit, CardFields
from records.offline import EditProposal
from repair import cards as reviews
from repair.cards import CardContent, CardPorts
from repair.operations import Operation

FIELDS = TypeAdapter(CardFields)
# Whoever loses a race for the next version votes again on top of it.
TRIES = 8
# A version that nobody made by such an edit counts as an edit of the one before it.
BY_HAND = "version:"


class CardVersions(Protocol):
    async def since(self, id: CardId, n: int) -> list[FailureCard]: ...
    async def record_of(self, author: str) -> tuple[int, int]: ...


class EditProposals(Protocol):
    async def propose(self, card: CardId, proposal: EditProposal) -> None: ...
    async def proposals(self, card: CardId, sources: Sequence[str]) -> Sequence[EditProposal]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineEditPorts:
    """What merging needs beside what changing a card needs."""

    review: CardPorts
    versions: CardVersions
    proposals: EditProposals


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedEdit:
    """The card as it stands; with `theirs`, the one that was met, the change was merged into it."""

    card: FailureCard
    theirs: FailureCard | None = None


async def merge_edit(
    ports: OfflineEditPorts, id: CardId, content: CardContent, base: int, operation: Operation
) -> MergedEdit:
    """Change a card that was read at version `base`, by a vote of all that changed it since.

    Raises:
        InvalidInput: the base lies in the future, or the content names what is not known.
        NotFound, NotAllowed, IllegalTransition: as they say.
        Unavailable: others changed it at every try; do it again later.
    """
    for _ in range(TRIES):
        try:
            return await _merge_by_vote(ports, id, content, base, operation)
        except StaleVersion:
            continue
    raise Unavailable("the card", "many people change it at this moment")


async def _merge_by_vote(
    ports: OfflineEditPorts, id: CardId, content: CardContent, base: int, operation: Operation
) -> MergedEdit:
    stands = await reviews.card_for(ports.review.cards, id, operation, Action.UPDATE)
    if not 1 <= base <= stands.version:
        raise InvalidInput(
            "expected_version", f"{base} is not between 1 and the card's version, {stands.version}"
        )
    wanted = reviews.apply_content(stands, content)
    await reviews.check_card(ports.review, wanted, operation, stands)
    await _save_proposal(
        ports, (id, base), CardFields.of_card(wanted), operation.id, operation.actor.id
    )
    versions, edits = await _versions_since(ports, id, base)
    newest = max(versions)
    made = next((e.made for e in edits if e.source == operation.id), None)
    if made is None:
        edits += await _known_edits(ports, id, {operation.id: newest + 1})
        said = {n: CardFields.of_card(card) for n, card in versions.items()}
        change = CardChange(by=operation.actor.id, at=operation.at, expected=newest)
        made = newest + 1
        versions[made] = merges.merge_by_vote(
            versions[newest], merges.vote_fields(said, edits), change
        )
        await reviews.save_card(ports.review, versions[made], operation)
    return MergedEdit(card=versions[made], theirs=versions[made - 1] if made - 1 > base else None)


async def _versions_since(
    ports: OfflineEditPorts, id: CardId, base: int
) -> tuple[dict[int, FailureCard], list[CardEdit]]:
    """Give the versions from the last one that every later author knew of on, and their edits.

    What is older has no vote: everybody behind it had it in front of them.
    """
    while True:
        found = await ports.versions.since(id, base)
        edits = await _concurrent_edits(ports, id, found)
        oldest = min((e.base for e in edits), default=base)
        if oldest >= base:
            return {card.version: card for card in found}, edits
        base = oldest


async def _concurrent_edits(
    ports: OfflineEditPorts, id: CardId, found: Sequence[FailureCard]
) -> list[CardEdit]:
    """Give the edits that made the versions behind the first; those made by hand count as well."""
    made = _versions_by_source(found)
    kept = await ports.proposals.proposals(id, [*made])
    queued = {made[proposal.source] for proposal in kept}
    for before, after in pairwise(found):
        if after.version not in queued and CardFields.of_card(before) != CardFields.of_card(after):
            source = f"{BY_HAND}{after.version}"
            by = after.provenance.editor or after.provenance.author
            await _save_proposal(ports, (id, before.version), CardFields.of_card(after), source, by)
            made[source] = after.version
    return await _known_edits(ports, id, made)


async def _known_edits(
    ports: OfflineEditPorts, id: CardId, made: Mapping[str, int]
) -> list[CardEdit]:
    return [
        CardEdit(
            source=kept.source,
            weight=kept.weight,
            fields=FIELDS.validate_python(kept.fields),
            base=kept.base,
            made=made[kept.source],
        )
        for kept in await ports.proposals.proposals(id, [*made])
    ]


def _versions_by_source(found: Sequence[FailureCard]) -> dict[str, int]:
    """Give the operations that came in behind the first version, with the version each became."""
    known = _edit_sources(found[0])
    made: dict[str, int] = {}
    for card in found[1:]:
        made |= dict.fromkeys(_edit_sources(card) - known, card.version)
        known |= _edit_sources(card)
    return made


def _edit_sources(card: FailureCard) -> set[str]:
    told = card.merge.sources if card.merge else ()
    return {source for source in told if not source.startswith(BY_HAND)}


async def _save_proposal(
    ports: OfflineEditPorts,
    about: tuple[CardId, int],
    fields: CardFields,
    source: str,
    by: PersonId,
) -> None:
    """Keep what somebody wants of a card at its base version, with the weight of their record."""
    card, base = about
    weight = merges.source_weight(*await ports.versions.record_of(by))
    document: Mapping[str, Any] = FIELDS.dump_python(fields, mode="json")
    proposal = EditProposal(source=source, base=base, weight=weight, fields=document)
    await ports.proposals.propose(card, proposal)
