"""Loaders of edges: one read for all keys of a turn, and nobody's going is another's."""

import asyncio

import pytest

from resolvers.edge_loader import EdgeLoader


class Names:
    """Gives each key in capital letters, and remembers what was asked together."""

    def __init__(self) -> None:
        self.asked = list[list[str]]()
        self.fails = False

    async def read(self, keys: list[str]) -> list[str]:
        self.asked.append(keys)
        await asyncio.sleep(0)
        if self.fails:
            raise ValueError("silent")
        return [key.upper() for key in keys]

    async def too_few(self, keys: list[str]) -> list[str]:
        return [key.upper() for key in keys[1:]]


async def test_keys_of_a_turn_are_read_together_and_once() -> None:
    names = Names()
    loader = EdgeLoader(names.read, {"k": "known"}.get)
    given = await asyncio.gather(*(loader.load(key) for key in ("a", "b", "a", "k")))

    assert given == ["A", "B", "A", "known"]
    assert await loader.load_many(["b", "k", "c"]) == ["B", "known", "C"]
    assert names.asked == [["a", "b"], ["c"]]


async def test_who_is_cancelled_takes_nobody_along() -> None:
    """graphql-core cancels what waits beside a field that failed."""
    loader = EdgeLoader(Names().read)
    gone, stays = loader.load("a"), loader.load("a")
    gone.cancel()

    assert await stays == "A"
    assert await loader.load("a") == "A"
    assert gone.cancelled()


async def test_what_failed_is_read_anew() -> None:
    names = Names()
    loader, names.fails = EdgeLoader(names.read), True
    failed = await asyncio.gather(loader.load("a"), loader.load("b"), return_exceptions=True)
    assert [str(error) for error in failed] == ["silent", "silent"]
    names.fails = False

    assert await loader.load("a") == "A"
    with pytest.raises(ValueError, match="zip"):
        await EdgeLoader(names.too_few).load("a")
