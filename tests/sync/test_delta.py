"""The delta: compressed, ranked, cut into batches, it says what the whole log says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import EventType
from domain.ids import GarageId
from records.change_log import ChangeLog, LogEntry
from records.database import Records
from sync.delta import CARD, TICKET, DeltaReader, RankedEntry, compress_entries
from sync.delta_cursors import DeltaPosition
from tests.records.samples import event

PUNE = GarageId("garage_pune")
ENTITIES = [f"fc_{n}" for n in range(4)] + [f"tkt_{n}" for n in range(3)]
SEVERITY = {"fc_0": 4, "fc_1": 2, "fc_2": 1}
GONE = 0


class Listed:
    """A log in a list."""

    def __init__(self, entries: Sequence[LogEntry]) -> None:
        self.entries = entries

    async def bounds(self) -> tuple[int, int]:
        return 0, len(self.entries)

    async def latest(
        self, after: int, until: int, garage: GarageId | None, *, every: bool
    ) -> list[LogEntry]:
        del garage, every
        return compress_entries(self.entries[after:until])


class Shelf:
    async def severities(self, ids: Sequence[str]) -> Mapping[str, int]:
        return {key: SEVERITY[key] for key in ids if key in SEVERITY}


def log(changes: Sequence[tuple[str, bool]]) -> list[LogEntry]:
    """Give a log of changes; an end is written with version 0 here."""
    return [
        LogEntry(
            seq=n,
            kind=CARD if entity.startswith("fc_") else TICKET,
            entity=entity,
            version=GONE if ends else n,
        )
        for n, (entity, ends) in enumerate(changes, start=1)
    ]


def applied(kept: dict[str, int], entries: Sequence[LogEntry]) -> dict[str, int]:
    """Keep what entries say, and take away what has ended."""
    for entry in entries:
        if entry.version == GONE:
            kept.pop(entry.entity, None)
        else:
            kept[entry.entity] = entry.version
    return kept


async def caught_up(deltas: DeltaReader, batch: int) -> list[tuple[RankedEntry, ...]]:
    place, batches = DeltaPosition(done=0), list[tuple[RankedEntry, ...]]()
    while True:
        found = await deltas.after(place, PUNE, batch)
        batches.append(found.entries)
        place = found.place
        if not found.more:
            return batches


changes = st.lists(st.tuples(st.sampled_from(ENTITIES), st.booleans()), max_size=60)


@pytest.mark.row("SO-2")
@given(changes, st.integers(1, 7))
async def test_the_compressed_delta_says_what_the_whole_log_says(
    changes: list[tuple[str, bool]], batch: int
) -> None:
    entries = log(changes)
    batches = await caught_up(DeltaReader(Listed(entries), Shelf()), batch)
    told = [ranked.entry for found in batches for ranked in found]
    assert applied({}, told) == applied({}, entries)
    assert sorted(entry.entity for entry in told) == sorted({e.entity for e in entries})


@pytest.mark.row("SO-2")
def test_five_changes_and_an_end_are_one_entry() -> None:
    entries = log([("fc_0", False)] * 5 + [("fc_0", True)])
    assert compress_entries(entries) == [LogEntry(seq=6, kind=CARD, entity="fc_0", version=GONE)]


@given(changes, st.integers(1, 7))
async def test_batches_are_full_and_the_critical_come_first(
    changes: list[tuple[str, bool]], batch: int
) -> None:
    batches = await caught_up(DeltaReader(Listed(log(changes)), Shelf()), batch)
    assert all(len(found) == batch for found in batches[:-1])
    assert len(batches[-1]) <= batch
    ranks = [list(type(r.priority)).index(r.priority) for found in batches for r in found]
    assert ranks == sorted(ranks)


async def test_the_log_of_postgres_compresses_alike(records: Records) -> None:
    told = [
        replace(
            event(n, EventType.CARD_UPDATED),
            entity=ENTITIES[n * n % len(ENTITIES)],
            version=n,
            garage=PUNE,
        )
        for n in range(1, 40)
    ]
    kept = ChangeLog(records)
    await kept.append(told)
    wanted = compress_entries(
        [
            LogEntry(
                seq=n,
                kind=CARD if one.entity.startswith("fc_") else TICKET,
                entity=one.entity,
                version=one.version,
            )
            for n, one in enumerate(told, start=1)
        ]
    )
    found = await kept.latest(0, len(told), PUNE, every=False)
    assert sorted(found, key=lambda e: e.seq) == wanted
