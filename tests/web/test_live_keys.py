"""The ring of keys while nobody can tell which are revoked: for a minute as before, then closed."""

from dataclasses import replace

import pytest

from access.api_keys import RANDOM_BYTES, mint_secret
from domain.api_keys import ApiKey, KeyScope
from domain.errors import NotAuthenticated, Unavailable
from domain.ids import KeyId
from records.api_keys import ApiKeyStore
from records.wakeups import Wakeup
from tests.domain.samples import NOW, PUNE
from tests.domain.test_api_keys import key
from web import live_keys
from web.live_keys import STALE_SECONDS, LiveKeys

SECRET = mint_secret(bytes(range(RANDOM_BYTES)))


class KeyShelf(ApiKeyStore):
    """Keys in memory; `silent` as a database that does not answer."""

    def __init__(self, *keys: tuple[ApiKey, bytes]) -> None:
        self.keys, self.silent = [*keys], False

    async def live(self, now: object) -> list[tuple[ApiKey, bytes]]:
        del now
        if self.silent:
            raise Unavailable("postgres", "it is asleep")
        return self.keys


@pytest.fixture
async def shelf() -> KeyShelf:
    found = key(KeyScope.READ_CARDS)
    return KeyShelf((replace(found, prefix=SECRET.prefix), SECRET.digest))


async def test_keys_of_unknown_standing_are_refused_after_a_minute(
    shelf: KeyShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 1_000.0
    monkeypatch.setattr(live_keys, "monotonic", lambda: clock)
    ring = LiveKeys(shelf, lambda: NOW, Wakeup(), lambda: False)

    def asks() -> KeyId:
        return ring.verify(SECRET.text, NOW, garage=PUNE, address=None).key.id

    # Nobody has read yet: nothing is known, so nobody is let in.
    with pytest.raises(Unavailable):
        asks()
    await ring.refresh()
    assert asks() == "k"
    shelf.silent = True
    clock += STALE_SECONDS
    with pytest.raises(Unavailable):
        await ring.refresh()
    assert asks() == "k"
    clock += 0.1
    with pytest.raises(Unavailable, match="which keys may be used is not known"):
        asks()
    # Revoked while we were deaf: what is read next says so.
    shelf.silent, shelf.keys = False, []
    await ring.refresh()
    with pytest.raises(NotAuthenticated):
        asks()


async def test_a_secret_is_compared_whole(shelf: KeyShelf) -> None:
    ring = LiveKeys(shelf, lambda: NOW, Wakeup(), lambda: True)
    await ring.refresh()
    for wrong in (SECRET.text[:-1] + "A", SECRET.text[:12] + "A" * 43, SECRET.text + "A", "bw_"):
        with pytest.raises(NotAuthenticated):
            ring.verify(wrong, NOW, garage=PUNE, address=None)
