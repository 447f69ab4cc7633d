"""Features online and offline: the same, to the last bit, of the same moment."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from redis.asyncio import Redis

from domain.errors import InvalidInput, Unavailable
from domain.ids import CardId
from domain.repair_history import RepairHistory, RepairRecord
from gnn.card_features import FeatureFold, FeatureTable
from gnn.feature_rows import read_features, write_features
from records.database import Records
from records.feature_sets import FeatureCatalogue
from tests.gnn.small_history import BEGIN, DAY, small_history
from web.feature_store import CURRENT, FeatureStore

MOMENT = BEGIN + 30 * DAY
NOWHERE = Redis.from_url("redis://127.0.0.1:1/0", protocol=2)


def many_cards(count: int = 1_000) -> FeatureTable:
    """Give the table of a history with a thousand cards, each used some times."""
    whole, random = small_history(400), np.random.default_rng(5)
    cards = [
        replace(whole.cards[n % 6], card=CardId(f"fc_{n:04d}"), component=f"c{n % 37}")
        for n in range(count)
    ]
    repairs: list[RepairRecord] = []
    for repair in whole.repairs:
        card = cards[int(random.integers(count))].card
        tries = tuple(replace(tried, card=card) for tried in repair.tries)
        repairs.append(replace(repair, resolved_by=card, tries=tries))
    return FeatureFold(RepairHistory(tuple(repairs), tuple(cards))).until(BEGIN + 130 * DAY)


@pytest.mark.row("ML-3")
async def test_online_equals_offline(redis: Redis, records: Records, tmp_path: Path) -> None:
    table, store, catalogue = many_cards(), FeatureStore(redis), FeatureCatalogue(records)

    written = write_features(tmp_path, table)
    await catalogue.add(written)
    assert await store.write(table) == 1_000

    assert await catalogue.newest(table.at) == written
    offline = read_features(tmp_path / written.file, written.sha256)
    online = await store.read([*offline.cards], [*offline.kinds])
    assert len(offline.cards) == 1_000
    assert sum(card.wins for card in offline.cards.values()) > 300
    assert online == offline
    assert online.cards == dict(table.cards)


async def test_newer_features_take_their_place(redis: Redis) -> None:
    fold, store, card = FeatureFold(small_history()), FeatureStore(redis), CardId("fc_fuse")
    await store.write(fold.until(BEGIN))
    before = await store.read([card, CardId("fc_unknown")], ["make:ather", "make:unknown"])
    await store.write(fold.until(MOMENT))
    after = await store.read([card], ["make:ather"])
    assert (before.at, [*before.cards], before.kinds) == (BEGIN, [card], {})
    assert after.cards[card].wins > 0
    assert after.kinds["make:ather"] == after.wins
    assert (await store.read([], [])).cards == {}


async def test_no_features_are_told(redis: Redis) -> None:
    with pytest.raises(Unavailable, match="no features were written yet"):
        await FeatureStore(redis).read([CardId("fc_fuse")], [])
    with pytest.raises(Unavailable, match="redis"):
        await FeatureStore(NOWHERE).read([CardId("fc_fuse")], [])


async def test_rows_of_another_release_are_not_read(redis: Redis) -> None:
    store, table = FeatureStore(redis), FeatureFold(small_history()).until(MOMENT)
    await store.write(table)
    name = f"features:{table.at.timestamp():.6f}:cards"
    await redis.hset(name, "fc_fuse", b'{"card": "fc_fuse"}')
    with pytest.raises(Unavailable, match="another form"):
        await store.read([CardId("fc_fuse")], [])
    assert await redis.ttl(CURRENT) > 0


async def test_changed_file_is_refused(tmp_path: Path) -> None:
    written = write_features(tmp_path, FeatureFold(small_history()).until(MOMENT))
    path = tmp_path / written.file
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(InvalidInput, match="was changed since"):
        read_features(path, written.sha256)
    path.write_bytes(b"PAR1")
    with pytest.raises(InvalidInput, match="cannot be read as Parquet"):
        read_features(path)


async def test_catalogue_knows_the_newest_of_a_moment(records: Records, tmp_path: Path) -> None:
    catalogue, fold = FeatureCatalogue(records), FeatureFold(small_history())
    first = write_features(tmp_path, fold.until(BEGIN))
    second = write_features(tmp_path, fold.until(MOMENT))
    for one in (first, second, second):
        await catalogue.add(one)
    assert await catalogue.newest(BEGIN - DAY) is None
    assert await catalogue.newest(MOMENT - DAY) == first
    assert await catalogue.newest(MOMENT + DAY) == second
