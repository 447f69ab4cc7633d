"""Drafts a card from a text: by the rules, then by a language model where one is set.

What the rules read stands. The model fills what they left open, and nothing of what it says is
kept that does not stand in the text (`draft_reply`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from domain.card_drafts import CardDraft
from domain.errors import Unavailable
from domain.vocabulary import Part
from ingest import draft_reply
from ingest.card_draft import draft_card
from ingest.lexicon import Lexicon
from ingest.part_names import PartNames

T = TypeVar("T")


class PartSource(Protocol):
    async def parts(self) -> Sequence[Part]: ...


class LexiconReader(Protocol):
    """What keeps the vocabulary that texts are read against."""

    @property
    def lexicon(self) -> Lexicon: ...


class DraftModel(Protocol):
    """A language model that is asked for JSON."""

    @property
    def name(self) -> str: ...

    async def ask(
        self, instructions: str, question: str, read: Callable[[object], T]
    ) -> tuple[T, bool]: ...


@dataclass(frozen=True, slots=True)
class KnownParts:
    """The parts by name, as they were when a lexicon was read."""

    names: PartNames
    lexicon: Lexicon


class CardDrafter:
    """Drafts cards against the vocabulary that a reader keeps."""

    def __init__(
        self, reader: LexiconReader, parts: PartSource, language: DraftModel | None = None
    ) -> None:
        self._reader = reader
        self._parts = parts
        self._known: KnownParts | None = None
        self.language = language

    async def draft(self, text: str) -> CardDraft:
        """Give the card that a text tells, stored nowhere.

        Raises:
            InvalidInput: the text is empty or too long.
        """
        known = await self._known_parts()
        drafted = await asyncio.to_thread(draft_card, text, known.lexicon, known.names)
        if self.language is None:
            return drafted
        return await self._with_model(self.language, drafted)

    async def _known_parts(self) -> KnownParts:
        """Read the parts again when the vocabulary was read again, after an import."""
        lexicon = self._reader.lexicon
        if self._known is None or self._known.lexicon is not lexicon:
            self._known = KnownParts(PartNames.from_parts(await self._parts.parts()), lexicon)
        return self._known

    async def _with_model(self, language: DraftModel, drafted: CardDraft) -> CardDraft:
        question = draft_reply.build_question(drafted.text)
        try:
            reply, _ = await language.ask(
                draft_reply.INSTRUCTIONS, question, draft_reply.read_draft_reply
            )
        except Unavailable as error:
            return replace(drafted, degraded=str(error))
        return draft_reply.add_reply(drafted, reply)
