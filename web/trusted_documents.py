"""Registered documents as one application serves them: by id, read before they are asked.

Texts and what was made of them are held in memory up to so many bytes, the ones asked longest ago
let go first; any other is fetched from the records when it is asked. A name gives no right: what a
document asks is guarded for whoever sends its id, as if they had sent the text.

The rung of a caller says how far they are held to it (`domain.api_keys.Rung`).
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, assert_never

from domain.api_keys import Rung
from domain.ids import DocumentId
from domain.trusted_documents import document_id
from records.wakeups import Wakeup
from resolvers.documents import Documents, QueryDocument
from resolvers.recent_uses import RecentUses
from web.metrics import Metrics

log = logging.getLogger("battwheels.documents")

# So many are read ahead at one time; so many names of what partners have are remembered.
AHEAD = 100
NAMES = 50_000
LOOK_SECONDS = 600.0


class DocumentRecords(Protocol):
    """Where registered documents are kept."""

    async def text(self, partner: str, id: DocumentId) -> str | None: ...
    async def holders(self, ids: Sequence[DocumentId]) -> list[tuple[str, DocumentId]]: ...
    async def newest(
        self, first: int, held: Sequence[DocumentId]
    ) -> list[tuple[str, DocumentId, str]]: ...


class DocumentRefused(Exception):
    """The caller may not run this document; the code and the words say why."""

    def __init__(self, code: str, said: str) -> None:
        super().__init__(said)
        self.code = code
        self.said = said


class UnknownId(DocumentRefused):
    def __init__(self) -> None:
        said = "No document of this id is registered for you. Register it, then send its id."
        super().__init__("DOCUMENT_UNKNOWN", said)


class UntrustedText(DocumentRefused):
    def __init__(self) -> None:
        said = "This text is not registered for you. Register it, or send a document that is."
        super().__init__("DOCUMENT_NOT_REGISTERED", said)


class TextRefused(DocumentRefused):
    def __init__(self) -> None:
        said = "This key runs registered documents by id alone: send `documentId`, and no `query`."
        super().__init__("DOCUMENT_ID_ONLY", said)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReader:
    """Whose documents are meant, and how far the caller is held to them; None: not at all."""

    partner: str
    rung: Rung | None


class TrustedDocuments:
    """Those of one application; `most_bytes` bounds what is held, as it weighs here."""

    def __init__(
        self, store: DocumentRecords, documents: Documents, metrics: Metrics, most_bytes: int
    ) -> None:
        self._store = store
        self._documents = documents
        self._metrics = metrics
        self._most = most_bytes
        self._held = OrderedDict[DocumentId, QueryDocument]()
        self._named = OrderedDict[tuple[str, DocumentId], None]()
        self._noted = RecentUses()
        self._looks = 0
        self._looked = Wakeup()
        self.held_bytes = 0

    async def expand(
        self, reader: DocumentReader, text: str | None, id: DocumentId | None
    ) -> str | None:
        """Give the text that a caller means and may run; None: they named none.

        Raises:
            DocumentRefused: it is not registered, or may be sent by its id alone.
            Unavailable: it is not held here, and the records do not answer.
        """
        if text is None or not text:
            return None if id is None else await self._by_id(reader, id)
        match reader.rung:
            case Rung.ID_ONLY:
                raise TextRefused
            case Rung.ENFORCE:
                if await self.text_of(reader.partner, document_id(text)) is None:
                    raise UntrustedText
            case Rung.LOG:
                await self._note(reader, text)
            case None:
                pass
            case _:
                assert_never(reader.rung)
        return text

    def held_text(self, partner: str, id: DocumentId) -> str | None:
        """Give the text of a partner's document if it is in memory."""
        held = self._held.get(id)
        if held is None or (partner, id) not in self._named:
            return None
        self._held.move_to_end(id)
        return held.text

    async def text_of(self, partner: str, id: DocumentId) -> str | None:
        """Give the text of a partner's document, from memory if it is held."""
        held = self.held_text(partner, id)
        if held is not None:
            return held
        began = self._looks
        text = await self._store.text(partner, id)
        # What was read before the records said who has what may be registered no longer.
        if text is not None and began == self._looks:
            await self._take(partner, id, text)
        return text

    async def run(self, wakeup: Wakeup) -> None:
        """Keep who has what as the records have it, until cancelled.

        Raises:
            Unavailable: the records do not answer.
        """
        while True:
            await self.look()
            await wakeup.wait(LOOK_SECONDS)

    async def run_ahead(self) -> None:
        """Read ahead after each look, until cancelled: preparing many texts delays no look.

        Raises:
            Unavailable: the records do not answer.
        """
        while True:
            await self.read_ahead()
            await self._looked.wait(LOOK_SECONDS)

    async def look(self) -> None:
        """Ask the records anew who has what is held: some of it may have been removed.

        While the records are silent nothing is forgotten: documents that are held go on.
        """
        told = await self._store.holders([*self._held])
        self._named = OrderedDict.fromkeys(told[-NAMES:])
        self._looks += 1
        self._looked.tell()

    async def read_ahead(self) -> None:
        """Read the newest that are not held, as long as there is room for them."""
        while not await self._read_newest():
            pass

    async def _read_newest(self) -> bool:
        """False: a look came between, and what was read before it may be registered no longer."""
        began = self._looks
        # What is held and nobody's came while a look asked: it is read again to have its name.
        seen = self._held.keys() & {named for _, named in self._named}
        while found := await self._store.newest(AHEAD, [*seen]):
            for partner, named, text in found:
                if began != self._looks:
                    return False
                if self.held_bytes >= self._most:
                    return True
                await self._take(partner, named, text)
                seen.add(named)
        return began == self._looks

    async def _by_id(self, reader: DocumentReader, id: DocumentId) -> str:
        text = await self.text_of(reader.partner, id)
        if text is None:
            raise UnknownId
        return text

    async def _note(self, reader: DocumentReader, text: str) -> None:
        """Note a text that is not registered, once for a while; its words may be anybody's."""
        named = document_id(text)
        if await self.text_of(reader.partner, named) is not None:
            return
        self._metrics.unregistered.inc()
        if self._noted.count((reader.partner, named)) == 1:
            log.info("not registered", extra={"partner": reader.partner, "document": named})

    async def _take(self, partner: str, id: DocumentId, text: str) -> None:
        self._named[partner, id] = None
        if len(self._named) > NAMES:
            self._named.popitem(last=False)
        if id in self._held:
            return
        document = await self._documents.prepare(text)
        if document.errors or id in self._held:
            # It does not run any more; whoever asks hears why.
            return
        self._held[id] = document
        self.held_bytes += document.weight
        self._documents.adopt(document)
        while self.held_bytes > self._most:
            _, gone = self._held.popitem(last=False)
            self._documents.let_go(gone.text)
            self.held_bytes -= gone.weight
        # Reading ahead is nobody's turn: whoever asks meanwhile comes first.
        await asyncio.sleep(0)
