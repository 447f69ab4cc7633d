"""What the records say of files, held against the bytes that are there; and what is over let go of.

Nothing is mended by itself but what nobody can miss: bytes without a record, what was announced and
never came, what was erased, what was removed long enough ago. A file whose bytes are gone is told
to whoever operates the service, who has a store with versions, or a backup (`restore`).
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from domain.errors import NotFound
from domain.files import KEPT_REMOVED, FileState, StoredFile
from domain.ids import FILES, FileId
from files.object_store import ObjectFacts, ObjectStore
from files.sealed_chunks import sealed_length
from files.upload_place import UploadPlace
from records.files import FileStore
from repair.files import SMALL, WHOLE, object_key

PAGE = 500
# Bytes come before their record says that they are kept.
UNRECORDED = timedelta(days=1)
# A file that no ticket and no card names by then was never needed.
UNNAMED = timedelta(days=30)
NONE = frozenset[str]()


class EvidenceKeys(Protocol):
    """The cards, as far as they show files."""

    async def evidence_keys(self, prefix: str) -> frozenset[str]: ...


@dataclass(slots=True)
class FileFindings:
    """What was found in one walk.

    Attributes:
        files, objects: how many were looked at.
        missing: files whose bytes are not there, or are not as many as the record says.
        orphaned: keys of objects that no record speaks of, old enough to be nobody's.
        unshown: files that a card shows and that are not kept.
    """

    files: int = 0
    objects: int = 0
    missing: list[FileId] = field(default_factory=list[FileId])
    orphaned: list[str] = field(default_factory=list[str])
    unshown: list[str] = field(default_factory=list[str])

    @property
    def sentence(self) -> str | None:
        """Say what is wrong; None: nothing that anybody misses."""
        if not self.missing and not self.unshown:
            return None
        return (
            f"{len(self.missing)} files have lost their bytes, and {len(self.unshown)} that cards "
            "show are not kept: `battwheels files check` names them"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInventory:
    """What a walk over all files needs."""

    files: FileStore
    objects: ObjectStore
    uploads: UploadPlace
    cards: EvidenceKeys

    async def check(self, now: datetime) -> FileFindings:
        """Walk over records and bytes side by side, both in the order of their ids.

        Raises:
            Unavailable: a store does not answer.
        """
        found = FileFindings()
        kept, there = self._kept(), _by_file(self.objects.objects(""))
        file, held = await anext(kept, None), await anext(there, None)
        while file is not None or held is not None:
            if held is None or (file is not None and file.id <= held[0]):
                own = held[1] if file and held and held[0] == file.id else ()
                if file is not None and not _is_whole(file, own):
                    found.missing.append(file.id)
                held = await anext(there, None) if own else held
                found.files, found.objects = found.files + 1, found.objects + len(own)
                file = await anext(kept, None)
            else:
                await self._note_unrecorded(found, held, now)
                held = await anext(there, None)
        shown = await self.cards.evidence_keys(FILES)
        stored = await self._stored(shown)
        found.unshown = sorted(shown - stored)
        return found

    async def clear(self, now: datetime) -> int:
        """Let go of what is over; give how many files and uploads that were."""
        count = 0
        for file in await self.files.going(now - KEPT_REMOVED, PAGE):
            for part in (WHOLE, SMALL):
                await self.objects.forget(object_key(file, part))
            await self.uploads.discard(file)
            await self.files.note_gone(file, now)
            count += 1
        for file in await self.files.never_came(now, PAGE):
            await self.uploads.discard(file)
            await self.files.drop(file, now)
            count += 1
        return count + await self._discard_late(now) + await self._remove_unnamed(now)

    async def restore(self, id: FileId) -> StoredFile:
        """Bring a file back that was removed, or whose bytes were.

        Raises:
            NotFound: there is none, or its key is gone: it was erased.
        """
        file = await self.files.get(id)
        if file.kept is None or file.key is None:
            raise NotFound("file", id, f"{id} was erased, or never came: nothing brings it back.")
        for part, length in ((WHOLE, file.kept.facts.length), (SMALL, file.kept.small_length)):
            key = object_key(id, part)
            if length and await self.objects.facts(key) is None:
                await self.objects.restore(key)
        if not _is_whole(file, [one async for one in self.objects.objects(f"{id}/")]):
            raise NotFound("file", id, f"The bytes of {id} are not there, nor any that were.")
        return await self.files.restore(id)

    async def clear_unrecorded(self, keys: Sequence[str]) -> None:
        """Let go of objects that no record speaks of."""
        for key in keys:
            await self.objects.forget(key)

    async def _discard_late(self, now: datetime) -> int:
        """Let go of what came once more behind the end: its file is kept already, or gone."""
        late = [one async for one, at in self.uploads.waiting() if now - at > UNRECORDED]
        known = await self.files.many(late)
        awaited = {one for one, file in known.items() if file.state is FileState.ASKED}
        for one in {*late} - awaited:
            await self.uploads.discard(one)
        return len({*late} - awaited)

    async def _remove_unnamed(self, now: datetime) -> int:
        if not await self.files.unnamed(now - UNNAMED, 1):
            return 0
        # Those that cards show stay for years: they take no place of those that go.
        shown = await self.cards.evidence_keys(FILES)
        over = await self.files.unnamed(now - UNNAMED, PAGE, shown)
        await self.files.remove(over, now)
        return len(over)

    async def _note_unrecorded(
        self, found: FileFindings, held: "tuple[str, Sequence[ObjectFacts]]", now: datetime
    ) -> None:
        found.objects += len(held[1])
        known = (await self.files.many([FileId(held[0])])).get(FileId(held[0]))
        # What was removed is still there for a while; what was erased goes with the next clearing.
        if known is None:
            old = [one.key for one in held[1] if now - one.at > UNRECORDED]
            found.orphaned += old

    async def _kept(self) -> AsyncGenerator[StoredFile]:
        after = ""
        while page := await self.files.page(after, PAGE):
            for file in page:
                yield file
            after = page[-1].id

    async def _stored(self, ids: frozenset[str]) -> frozenset[str]:
        found = await self.files.many([FileId(one) for one in sorted(ids)])
        return frozenset(one.id for one in found.values() if one.state is FileState.STORED)


def _is_whole(file: StoredFile, there: Sequence[ObjectFacts]) -> bool:
    """Say whether all bytes of a file are there, sealed."""
    if file.kept is None:
        return True
    lengths = {one.key: one.length for one in there}
    wanted = {object_key(file.id, WHOLE): sealed_length(file.kept.facts.length)}
    if file.kept.small_length:
        wanted[object_key(file.id, SMALL)] = sealed_length(file.kept.small_length)
    return all(lengths.get(key) == length for key, length in wanted.items())


async def _by_file(
    objects: AsyncIterator[ObjectFacts],
) -> AsyncGenerator[tuple[str, Sequence[ObjectFacts]]]:
    """Give objects in the order of their keys, those of one file together."""
    held: list[ObjectFacts] = []
    async for one in objects:
        if held and _file_of(held[0]) != _file_of(one):
            yield _file_of(held[0]), held
            held = []
        held.append(one)
    if held:
        yield _file_of(held[0]), held


def _file_of(one: ObjectFacts) -> str:
    return one.key.partition("/")[0]
