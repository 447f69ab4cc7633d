"""Taking an import back: cards and vocabulary as they were before it, or a refusal that says why.

A card that the import made is put out of use (cards are never deleted: garages that were offline
have to hear of it), and comes back if the same is imported again. An entry of the vocabulary that
only the import knew is taken out, unless something else points at it by now.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from domain.errors import ImportRefused
from graph.imports import ImportedEntry, ImportRecord, RestoredCard, WrittenCard
from ingest.imports import ImportEmbedder
from ingest.vocabulary_changes import KINDS, EntryKind, VocabularyImporter

CARDS_AT_ONCE = 200
NAMES_SHOWN = 10
UNDOER = "import"
UNDONE = "undone"
# Components stand in a tree: its leaves go first.
LEVELS = 6


class UndoLog(Protocol):
    """What taking back needs of the imports on record."""

    async def get(self, id: str) -> ImportRecord: ...
    async def cards_of(self, id: str) -> list[WrittenCard]: ...
    async def entries_of(self, id: str) -> list[ImportedEntry]: ...
    async def cards_before(
        self, written: Sequence[WrittenCard], at: datetime
    ) -> list[RestoredCard]: ...
    async def take_back(self, id: str, restored: Sequence[RestoredCard], by: str) -> None: ...
    async def drop_entries(self, kind: str, keys: Sequence[str]) -> None: ...
    async def mark_undone(self, id: str) -> None: ...


class UndoStores(Protocol):
    @property
    def imports(self) -> UndoLog: ...
    @property
    def vocabulary(self) -> VocabularyImporter: ...
    @property
    def embedder(self) -> ImportEmbedder: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What was taken back: cards put out of use, cards as before, entries taken out or as before.

    `left` are entries that stay, since something uses them or says otherwise by now.
    """

    record: ImportRecord
    withdrawn: int = 0
    restored: int = 0
    entries: int = 0
    left: tuple[str, ...] = ()


async def undo_import(id: str, stores: UndoStores, at: datetime) -> UndoReport:
    """Take an import back.

    Raises:
        NotFound: there is no such import.
        ImportRefused: it was undone before, or cards of it were changed since: it says which.
        StaleVersion: somebody changed a card meanwhile; call again for what is left.
    """
    record = await stores.imports.get(id)
    if record.state == UNDONE:
        raise ImportRefused(id, "was undone before.")
    written = await stores.imports.cards_of(id)
    _demand_untouched(id, written)
    report = UndoReport(record=record)
    for start in range(0, len(written), CARDS_AT_ONCE):
        part = await stores.imports.cards_before(written[start : start + CARDS_AT_ONCE], at)
        await stores.imports.take_back(id, await _embedded(part, stores.embedder), UNDOER)
        gone = sum(one.withdrawn for one in part)
        report = replace(
            report,
            withdrawn=report.withdrawn + gone,
            restored=report.restored + len(part) - gone,
        )
    entries = await stores.imports.entries_of(id)
    left = await _take_back_entries(entries, stores)
    await stores.imports.mark_undone(id)
    return replace(report, entries=len(entries) - len(left), left=tuple(left))


def _demand_untouched(id: str, written: Sequence[WrittenCard]) -> None:
    touched = [one for one in written if one.version != one.after]
    if not touched:
        return
    later = sorted({one.later for one in touched if one.later})
    told = ", ".join(
        f"{one.id} (version {one.version} by {one.by})" for one in touched[:NAMES_SHOWN]
    )
    more = f" and {len(touched) - NAMES_SHOWN} more" if len(touched) > NAMES_SHOWN else ""
    advice = (
        f" Undo first: {', '.join(later)}." if later else " People have worked on them; keep them."
    )
    raise ImportRefused(
        id, f"cannot be undone: {len(touched)} of its cards changed since: {told}{more}.{advice}"
    )


async def _embedded(
    restored: Sequence[RestoredCard], embedder: ImportEmbedder
) -> list[RestoredCard]:
    """Give the cards that are found again the vectors of their words."""
    found = [one.card.wording for one in restored if not one.withdrawn]
    rest = iter(await embedder.embed(found) if found else ())
    return [one if one.withdrawn else replace(one, embedding=next(rest)) for one in restored]


async def _take_back_entries(entries: Sequence[ImportedEntry], stores: UndoStores) -> list[str]:
    left = list[str]()
    # What points at others goes before them.
    for kind in reversed(KINDS):
        mine = [one for one in entries if one.kind == kind.name]
        left += await _take_back_kind(kind, mine, stores)
    return left


async def _take_back_kind(
    kind: EntryKind[Any], entries: Sequence[ImportedEntry], stores: UndoStores
) -> list[str]:
    words = stores.vocabulary
    known = {kind.key(one): one for one in await kind.read(words)([one.key for one in entries])}
    same = [one for one in entries if one.key in known and kind.write(known[one.key]) == one.after]
    old = [kind.form.validate_json(one.before) for one in same if one.before is not None]
    fresh = [one.key for one in same if one.before is None]
    for _ in range(LEVELS if kind.name == "components" else 1):
        if fresh:
            await stores.imports.drop_entries(kind.name, fresh)
    # Also of nothing: the vocabulary then forgets what it read lately.
    await kind.load(words)(old)
    stay = {kind.key(one) for one in await kind.read(words)(fresh)} if fresh else set[str]()
    other = {one.key for one in entries} - {one.key for one in same}
    return [f"{kind.name}: {key}" for key in sorted(stay | other)]
