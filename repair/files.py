"""A file is announced, comes, is looked at, and is kept: sealed, under a key of its own.

Nothing that came is believed: its length and hash are those that were announced, it begins as its
type does, a photo is made anew without where it was taken, an MP4 loses what tells that. What is
found to be wrong is let go of, and may be sent again.
"""

import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from access.personal_fields import FILE_KEY
from access.vault import Vault
from domain.access import Actor
from domain.cards import Attachment
from domain.errors import IllegalTransition, InvalidInput, NotFound, OperationConflict
from domain.files import (
    UPLOAD_WAITS,
    FileFacts,
    FileKind,
    FileState,
    FileType,
    KeptFile,
    StoredFile,
)
from domain.ids import FileId, GarageId, PersonId
from domain.tickets import Ticket
from files.file_readers import FileReaders
from files.media_types import HEAD, demand_type
from files.object_store import ObjectStore
from files.scanners import Scanner
from files.sealed_chunks import CHUNK, KEY_BYTES, SEALED_CHUNK, seal, unseal
from files.upload_place import UploadPlace
from files.videos import without_places
from records.files import FileStore
from repair.operations import Operation
from repair.reports import garage_of_report

# The parts of a file, by which their objects are called.
WHOLE, SMALL = "whole", "small"


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file, and how it is to be kept; None: it is kept already."""

    file: StoredFile
    kept: KeptFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKeeper:
    """What takes files in and gives them back.

    Attributes:
        scanner: looks for what is harmful; None: nobody does.
        quota: bytes that one garage may keep.
    """

    files: FileStore
    objects: ObjectStore
    uploads: UploadPlace
    vault: Vault
    readers: FileReaders
    quota: int
    scanner: Scanner | None = None

    async def request(
        self, asked: FileFacts, garage: GarageId | None, operation: Operation
    ) -> StoredFile:
        """Announce a file; the same operation again gives it as it stands, awaited anew.

        Raises:
            NotAllowed, InvalidInput: as `garage_of_report` says; the garage has no room.
            OperationConflict: this operation announced another file.
        """
        named, place = operation.file_id(), garage_of_report(operation.actor, garage)
        wanted = StoredFile(
            id=named,
            garage=place,
            owner=operation.actor.id,
            state=FileState.ASKED,
            asked=asked,
            asked_at=operation.at,
            waits_until=operation.at + UPLOAD_WAITS,
            key=self.vault.seal(secrets.token_bytes(KEY_BYTES), FILE_KEY.at(named)),
        )
        found = await self.files.ask(wanted, self.quota)
        if (found.garage, found.asked) != (wanted.garage, wanted.asked):
            raise OperationConflict(operation.id)
        return found

    async def prepare(self, id: FileId, operation: Operation) -> PreparedFile:
        """Look at a file whose bytes have come, and make it ready; nothing is said of it yet.

        One that is kept already is given as it stands.

        Raises:
            NotFound: this actor announced no such file, or it was taken away.
            IllegalTransition: its bytes have not come whole.
            InvalidInput: they are not what was announced, or cannot be kept; send others.
            Occupied: too many are looked at; nothing was lost.
        """
        file = await self._announced(id, operation.actor)
        if file.state is FileState.STORED:
            return PreparedFile(file)
        await self._demand_whole(file)
        try:
            async with self.readers.turn(id, file.garage):
                kept = await self._kept(file)
        except InvalidInput:
            await self.uploads.discard(id)
            raise
        return PreparedFile(file, replace(kept, at=operation.at))

    async def keep(self, made: PreparedFile) -> StoredFile:
        """Say that a file is kept as it was made ready; again, it is given as it stands.

        Raises:
            NotFound: it was taken away meanwhile.
        """
        if made.kept is None:
            return made.file
        stored = await self.files.keep(made.file.id, made.kept)
        await self.uploads.discard(stored.id)
        return stored

    async def measured(self, files: Sequence[FileId], by: PersonId) -> str:
        """Say what the logs among these files measured, as `FileClaims` says."""
        return await self.files.measured(files, by)

    async def claim(self, files: Sequence[FileId], ticket: Ticket, by: PersonId) -> None:
        """Have files belong to a ticket, as `FileClaims` says."""
        await self.files.claim(files, ticket, by)

    async def demand_kept(self, files: Sequence[Attachment], actor: Actor) -> None:
        """Return when files are kept that a card names, as `FileProofs` says."""
        found = await self.files.many([FileId(one.key) for one in files])
        for one in files:
            held = found.get(FileId(one.key))
            if held is None or not _is_shown(held, one, actor):
                said = f"{one.key[:80]} is not kept in your garage, or has another SHA-256"
                raise InvalidInput("evidence", said)

    async def read(
        self, file: StoredFile, *, small: bool = False, start: int = 0
    ) -> AsyncGenerator[bytes]:
        """Give a kept file's bytes from one of them on.

        Raises:
            NotFound: there is none, or its bytes are gone.
            Tampered: they were altered.
        """
        key, part = self._key(file), SMALL if small else WHOLE
        place = start // CHUNK
        sealed = self.objects.read(object_key(file.id, part), place * SEALED_CHUNK)
        skip = start - place * CHUNK
        async for plain in unseal(sealed, key, object_key(file.id, part), place):
            yield plain[skip:]
            skip = 0

    async def _announced(self, id: FileId, actor: Actor) -> StoredFile:
        found = await self.files.get(id)
        if found.owner != actor.id or found.state is FileState.REMOVED:
            raise NotFound("file", id)
        return found

    async def _demand_whole(self, file: StoredFile) -> None:
        came = await self.uploads.received(file.id, file.asked.length)
        if came < file.asked.length:
            said = (
                f"{came:,} of {file.asked.length:,} bytes of {file.id} came. Send the rest to its "
                "address; `requestUpload` with the same operation id gives it again."
            )
            raise IllegalTransition(file.id, file.state, FileState.STORED, said)

    async def _kept(self, file: StoredFile) -> KeptFile:
        if self.scanner is not None:
            await self.scanner.demand_clean(self.uploads.read(file.id))
        match file.asked.type.kind:
            case FileKind.PHOTO:
                return await self._kept_photo(file)
            case FileKind.VIDEO if file.asked.type is FileType.MP4:
                return await self._kept_whole(file, without_places(self._as_announced(file)))
            case FileKind.VIDEO:
                return await self._kept_whole(file, self._as_announced(file))
            case FileKind.LOG:
                return await self._kept_log(file)

    async def _kept_photo(self, file: StoredFile) -> KeptFile:
        came = b"".join([piece async for piece in self._as_announced(file)])
        made = await self.readers.photo(came)
        await self._put(file, SMALL, _one(made.small))
        facts = await self._put(file, WHOLE, _one(made.whole))
        return KeptFile(
            facts=replace(facts, type=FileType.JPEG),
            at=file.asked_at,
            small_length=len(made.small),
            picture=made.size,
        )

    async def _kept_log(self, file: StoredFile) -> KeptFile:
        came = b"".join([piece async for piece in self._as_announced(file)])
        facts = await self._put(file, WHOLE, _one(came))
        return KeptFile(facts=facts, at=file.asked_at, log=await self.readers.log(came))

    async def _kept_whole(self, file: StoredFile, content: AsyncIterable[bytes]) -> KeptFile:
        return KeptFile(facts=await self._put(file, WHOLE, content), at=file.asked_at)

    async def _as_announced(self, file: StoredFile) -> AsyncGenerator[bytes]:
        """Give what came, once its head was looked at; its length and hash are known at the end.

        Raises:
            InvalidInput: it is not what was announced.
        """
        asked, counted, seen, head = file.asked, 0, sha256(), b""
        async for piece in self.uploads.read(file.id):
            if len(head) < HEAD:
                head += piece[: HEAD - len(head)]
                demand_type(asked.type, head)
            counted += len(piece)
            if counted > asked.length:
                break
            seen.update(piece)
            yield piece
        if counted != asked.length:
            raise InvalidInput("length", f"{asked.length:,} bytes were announced, others came")
        if seen.hexdigest() != asked.sha256:
            raise InvalidInput(
                "sha256", "the bytes that came have another SHA-256 than was announced"
            )

    async def _put(self, file: StoredFile, part: str, content: AsyncIterable[bytes]) -> FileFacts:
        """Seal and keep what comes, and say what it is."""
        length, seen = 0, sha256()

        async def counted() -> AsyncGenerator[bytes]:
            nonlocal length
            async for piece in content:
                length += len(piece)
                seen.update(piece)
                yield piece

        sealed = seal(counted(), self._key(file), object_key(file.id, part))
        await self.objects.put(object_key(file.id, part), sealed)
        return FileFacts(type=file.asked.type, length=length, sha256=seen.hexdigest())

    def _key(self, file: StoredFile) -> bytes:
        if file.key is None:
            raise NotFound("file", file.id)
        return self.vault.open(file.key, FILE_KEY.at(file.id))


def _is_shown(file: StoredFile, named: Attachment, actor: Actor) -> bool:
    """Say whether an actor may show a file, and names it by the bytes that are kept."""
    kept = file.state is FileState.STORED and file.facts.sha256 == named.sha256
    return kept and actor.reaches(file.garage)


def object_key(id: FileId, part: str) -> str:
    """Say where a part of a file stands: `whole`, or the `small` picture beside a photo."""
    return f"{id}/{part}"


async def _one(piece: bytes) -> AsyncGenerator[bytes]:
    yield piece
