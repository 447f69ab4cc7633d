"""Cards as they were read lately, kept in Redis for an hour and not believed after a change.

A kept card is good while two version keys say what they said before it was read: the card's own and
that of all cards. Whoever changes a card closes its version key before the change and gives it a
new value after, so that what was read meanwhile is neither kept nor believed; a change of who knows
which cards does so to the key of all. Nothing is ever searched for among the keys (CC-16).

This is the policy of CC-12: 3,600 seconds, written through, invalid on update and on feedback.
Redis may be silent at any moment: then cards are read from the graph. A change that could not be
told to it is told again by its event (`forget`).
"""

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Protocol

from pydantic import TypeAdapter, ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.access import SEES_ALL, Viewer
from domain.cards import FailureCard
from domain.errors import Unavailable
from domain.ids import CardId
from web.local_cards import LocalCards, Versions
from web.redis_connection import RedisConnection

SECONDS = 3_600
# A version key outlives what was kept under it; a closed one, the longest write of the graph.
VERSION_SECONDS = 2 * SECONDS
CLOSED_SECONDS = 60
REDIS_SECONDS = 0.2
CLOSED = b"-"
ALL = "cards:version"
CARD = TypeAdapter(FailureCard)


class CardOrigin(Protocol):
    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]: ...


class CardCache:
    def __init__(
        self, redis: Redis, cards: CardOrigin, now: Callable[[], float] = time.time
    ) -> None:
        """Keep what `cards` gives; `now` in Unix seconds."""
        self._now = now
        self._redis = redis
        self._line = RedisConnection(redis, REDIS_SECONDS)
        self._cards = cards
        self._held = LocalCards()

    async def many(self, ids: Sequence[CardId], viewer: Viewer) -> dict[CardId, FailureCard]:
        """Give the cards that these eyes may see, kept or read.

        Raises:
            Unavailable: some have to be read and the graph does not answer.
        """
        kept, versions = await self._recalled(ids)
        found = {id: card for id, card in kept.items() if card.open_to(viewer)}  # noqa: A001
        missing = [id for id in ids if id not in kept or _is_unsure(viewer, kept[id])]  # noqa: A001
        if missing:
            read = await self._cards.many(missing, viewer)
            await self._keep(read, versions)
            found |= read
        return found

    @asynccontextmanager
    async def changing(self, ids: Sequence[CardId] | None) -> AsyncGenerator[None]:
        """Believe nothing of these cards (None: of any) while they change, and keep them anew."""
        keys = [ALL] if ids is None else [_version_key(id) for id in ids]  # noqa: A001
        with suppress(Unavailable):
            await self._set(dict.fromkeys(keys, CLOSED), CLOSED_SECONDS)
        try:
            yield
        finally:
            with suppress(Unavailable):
                await self._set({key: _fresh_version() for key in keys}, VERSION_SECONDS)
        with suppress(Unavailable):
            await self.many(ids or (), SEES_ALL)

    async def forget(self, ids: Iterable[CardId]) -> None:
        """Believe nothing that was kept of these cards.

        Raises:
            Unavailable: Redis does not answer.
        """
        await self._set({_version_key(id): _fresh_version() for id in ids}, VERSION_SECONDS)  # noqa: A001

    async def _recalled(
        self, ids: Sequence[CardId]
    ) -> tuple[dict[CardId, FailureCard], dict[CardId, Versions]]:
        """Give the good ones of what is kept, and the versions under which the rest may be."""
        unheld = [id for id in ids if id not in self._held]  # noqa: A001
        try:
            found = await self._get([*_version_keys(ids), *map(_body_key, unheld)])
            marks, bodies = found[: len(ids) + 1], found[len(ids) + 1 :]
            if None in marks:
                marks = await self._begun(_version_keys(ids))
            versions = {id: (marks[0], own) for id, own in zip(ids, marks[1:], strict=True)}  # noqa: A001
            kept = {id: self._standing(id, versions[id]) for id in ids}  # noqa: A001
            changed = [id for id in ids if kept[id] is None and id not in unheld]  # noqa: A001
            if changed:
                bodies += await self._get([*map(_body_key, changed)])
        except Unavailable:
            return {}, {}
        for id, body in zip([*unheld, *changed], bodies, strict=True):  # noqa: A001
            kept[id] = self._read_kept(body, versions[id])
        return {id: card for id, card in kept.items() if card is not None}, versions  # noqa: A001

    def _standing(self, id: CardId, versions: Versions) -> FailureCard | None:
        """Give a card that this process holds, if it stands."""
        return self._held.under(id, versions, self._now()) if _are_open(versions) else None

    def _read_kept(self, body: Any, versions: Versions) -> FailureCard | None:  # noqa: ANN401 - bytes, if anything
        entry = _read_entry(body, versions)
        if entry is None:
            return None
        card, until = entry
        self._held.hold(card, versions, until, len(body))
        return card

    async def _begun(self, keys: Sequence[str]) -> list[bytes | None]:
        """Give the version keys' values, new ones where there were none."""
        await self._set(dict.fromkeys(keys, _fresh_version()), VERSION_SECONDS, unless_there=True)
        return await self._get(keys)

    async def _keep(
        self, read: Mapping[CardId, FailureCard], versions: Mapping[CardId, Versions]
    ) -> None:
        """Keep what was read, under the versions of before it was read."""
        bodies, until = dict[str, bytes](), int(self._now()) + SECONDS
        for id, card in read.items():  # noqa: A001
            if id in versions and _are_open(versions[id]):
                head = _version_head(versions[id]) + b"%d\n" % until
                body = bodies[_body_key(id)] = head + CARD.dump_json(card)
                self._held.hold(card, versions[id], until, len(body))
        with suppress(Unavailable):
            await self._set(bodies, SECONDS)

    async def _get(self, keys: Sequence[str]) -> list[bytes | None]:
        with _told_as_unavailable():
            return await self._line.ask("MGET", *keys)

    async def _set(
        self, values: Mapping[str, bytes], seconds: int, *, unless_there: bool = False
    ) -> None:
        pipe = self._redis.pipeline(transaction=False)
        for key, value in values.items():
            pipe.set(key, value, ex=seconds, nx=unless_there)
        with _told_as_unavailable():
            async with asyncio.timeout(REDIS_SECONDS):
                await pipe.execute()


@contextmanager
def _told_as_unavailable() -> Generator[None]:
    try:
        yield
    except (RedisError, OSError, TimeoutError) as error:
        raise Unavailable("redis", type(error).__name__) from error


def _is_unsure(viewer: Viewer, card: FailureCard) -> bool:
    """Say whether only the graph knows if these eyes may see it: on whose bench its ticket is."""
    return viewer.bench is not None and card.repeats_ticket


def _body_key(id: CardId) -> str:
    return f"card:{id}"


def _version_key(id: CardId) -> str:
    return f"card:{id}:version"


def _version_keys(ids: Sequence[CardId]) -> list[str]:
    return [ALL, *(_version_key(id) for id in ids)]  # noqa: A001


def _fresh_version() -> bytes:
    return secrets.token_hex(8).encode()


def _are_open(versions: Versions) -> bool:
    """Say whether both are known, and nobody changes the card meanwhile."""
    return None not in versions and CLOSED not in versions


def _version_head(versions: Versions) -> bytes:
    return b"%s %s\n" % versions


def _read_entry(body: Any, versions: Versions) -> tuple[FailureCard, int] | None:  # noqa: ANN401 - bytes, if anything
    """Give a kept card and until when it is kept, if its versions are those of now and this release
    can read it.
    """
    if body is None or not _are_open(versions):
        return None
    head, _, rest = body.partition(b"\n")
    until, _, document = rest.partition(b"\n")
    if head + b"\n" != _version_head(versions) or not until.isdigit():
        return None
    try:
        return CARD.validate_json(document), int(until)
    except ValidationError:
        return None
