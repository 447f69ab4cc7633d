"""Returns that are made beside the service: part by part, from where another process ended."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from billing.ledger import return_exports, returns
from billing.ledger.return_exports import (
    GIVEN_UP,
    GIVEN_UP_AFTER,
    MOST_WAITING,
    ReturnExport,
    ReturnExporter,
    ReturnExportStore,
    export_id,
    zip_return,
)
from billing.ledger.returns import ReturnBuilder, ReturnPart, ReturnScope
from billing.ledger.sellers import Seller
from domain.access import Actor, Role
from domain.deeds import NOWHERE, Deed, DeedType, deed_by
from domain.errors import InvalidInput, NotFound, OperationConflict
from domain.ids import GarageId, InvoiceId, PersonId
from tests.billing.ledger.test_bills_of_supply import COMPOSITION
from tests.billing.sample_books import DEEDS, DELHI, NOW, PROFILE, PUNE, VAULT, Desk, deed

MONTH = NOW.date().replace(day=1)
ASHA = PersonId("asha")


class CountingBuilder(ReturnBuilder):
    """Remembers behind which number it was asked for parts."""

    def __init__(self, books: Desk) -> None:
        super().__init__(books.records, VAULT)
        self.asked = list[str]()

    async def next_part(self, scope: ReturnScope, after: str) -> ReturnPart | None:
        self.asked.append(after[-1:])
        return await super().next_part(scope, after)


def told(export: ReturnExport) -> Deed:
    actor = Actor(id=ASHA, role=Role.ACCOUNTANT, garage=PUNE)
    return deed_by(
        actor,
        NOWHERE,
        DeedType.REPORT_EXPORT,
        id=str(uuid4()),
        at=NOW,
        resource="gstr1_2026-11",
        garage=export.garage,
    )


def wanted(operation: UUID | None = None, **changes: Any) -> ReturnExport:  # noqa: ANN401 - its fields
    made = ReturnExport(
        id=export_id(operation or uuid4(), ASHA),
        garage=PUNE,
        garages=(PUNE,),
        gstin=PROFILE.gstin or "",
        month=MONTH,
        asked_at=NOW,
        asked_by=ASHA,
    )
    return replace(made, **changes)


@pytest.fixture(autouse=True)
def one_paper_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(returns, "BATCH", 1)


@pytest.fixture
def builder(books: Desk) -> CountingBuilder:
    return CountingBuilder(books)


@pytest.fixture
def store(books: Desk) -> ReturnExportStore:
    return ReturnExportStore(books.records, VAULT, DEEDS)


@pytest.fixture
def exporter(books: Desk, store: ReturnExportStore, builder: CountingBuilder) -> ReturnExporter:
    return ReturnExporter(store=store, returns=builder, sellers=books.garages, now=lambda: NOW)


def held(times: int) -> Callable[[], Awaitable[bool]]:
    """Give a lease that is lost after so many words."""
    left = iter([True] * times)

    async def hold() -> bool:
        return next(left, False)

    return hold


async def asked(
    store: ReturnExportStore,
    operation: UUID | None = None,
    **changes: Any,  # noqa: ANN401 - its fields
) -> ReturnExport:
    export = wanted(operation, **changes)
    return await store.ask(export, told(export))


async def sold(books: Desk, papers: int) -> tuple[Seller, list[InvoiceId]]:
    seller = await books.settled()
    return seller, [(await books.issue(seller, f"tkt_{n}")).id for n in range(papers)]


async def test_who_goes_on_makes_what_is_missing(
    books: Desk, store: ReturnExportStore, exporter: ReturnExporter, builder: CountingBuilder
) -> None:
    seller, _ = await sold(books, 4)
    export = await asked(store)
    await exporter.make(export.id, held(3))
    between = await store.get(export.id)
    assert (between.papers, between.done, between.is_made) == (4, 3, False)
    assert builder.asked == ["", "1", "2"]
    assert await store.waiting() == [export.id]

    await exporter.make(export.id, held(9))
    after = await store.get(export.id)
    assert (after.done, after.finished_at, after.refused) == (4, NOW, None)
    assert builder.asked == ["", "1", "2", "3", "4"]
    assert await store.waiting() == []
    whole = await builder.sales_return([seller], PROFILE.gstin, MONTH)
    assert files(await store.archive(export.id)) == files(zip_return(whole))
    assert await books.records.rows("select id from return_part") == []


async def test_papers_that_changed_begin_again(
    books: Desk, store: ReturnExportStore, exporter: ReturnExporter, builder: CountingBuilder
) -> None:
    seller, papers = await sold(books, 3)
    export = await asked(store)
    await exporter.make(export.id, held(2))
    await books.ledger.void_invoice(deed(seller.garage), papers[0], "Wrong customer")
    builder.asked.clear()
    await exporter.make(export.id, held(9))

    assert builder.asked == ["", "1", "2", "3"]
    said = json.loads(files(await store.archive(export.id))["gstr1_112026.json"])
    [series] = said["doc_issue"]["doc_det"]
    assert (series["docs"][0]["totnum"], series["docs"][0]["cancel"]) == (3, 1)


async def test_papers_that_change_at_the_end_are_not_told(
    books: Desk, store: ReturnExportStore, exporter: ReturnExporter
) -> None:
    seller, papers = await sold(books, 2)
    export = await asked(store)
    left = iter(papers)

    async def hold() -> bool:
        if next(left, None) == papers[1]:
            await books.ledger.void_invoice(deed(seller.garage), papers[0], "Wrong customer")
        return True

    await exporter.make(export.id, hold)
    assert not (await store.get(export.id)).is_made
    with pytest.raises(NotFound):
        await store.archive(export.id)


async def test_what_cannot_be_made_says_why(
    books: Desk, store: ReturnExportStore, exporter: ReturnExporter
) -> None:
    await books.settled(PUNE, COMPOSITION)
    export = await asked(store)
    await exporter.make(export.id, held(9))

    found = await store.get(export.id)
    why = InvalidInput("scheme", "a garage under composition files CMP-08 and GSTR-4, not GSTR-1")
    assert str(found.refused) == str(why)
    assert not found.is_made
    assert await store.waiting() == []


async def test_what_never_ends_is_given_up_and_keeps_nobody_waiting(
    books: Desk, store: ReturnExportStore, exporter: ReturnExporter
) -> None:
    await sold(books, 1)
    first, second = await asked(store), await asked(store, asked_at=NOW + timedelta(seconds=1))
    await exporter.make(first.id, held(0))
    assert await store.waiting() == [second.id, first.id]

    late = replace(exporter, now=lambda: NOW + GIVEN_UP_AFTER)
    await late.make(first.id, held(0))
    assert (await store.get(first.id)).refused is None
    later = replace(exporter, now=lambda: NOW + GIVEN_UP_AFTER + timedelta(seconds=1))
    await later.make(first.id, held(0))
    assert str((await store.get(first.id)).refused) == str(GIVEN_UP)
    assert await store.waiting() == [second.id]


async def test_who_lost_the_lease_leaves_no_part_behind_others(
    books: Desk, store: ReturnExportStore, exporter: ReturnExporter, builder: CountingBuilder
) -> None:
    """One stalls with a part in hand; papers change, and another begins anew."""
    seller, papers = await sold(books, 4)
    export = await asked(store)
    await exporter.make(export.id, held(2))
    scope = ReturnScope.of([seller], PROFILE.gstin, MONTH)
    before = await builder.papers(scope)
    stalled = await builder.next_part(scope, (await store.parts(export.id))[-1].last)
    assert stalled is not None
    await books.ledger.void_invoice(deed(seller.garage), papers[3], "Wrong customer")
    await exporter.make(export.id, held(1))

    now = await builder.papers(scope)
    assert not await store.keep_part(export.id, 2, stalled, before)
    assert not await store.keep_part(export.id, 2, stalled, now)
    assert [part.last[-1] for part in await store.parts(export.id)] == ["1"]
    await exporter.make(export.id, held(9))
    assert (await store.get(export.id)).done == 4
    assert not await store.keep_part(export.id, 0, stalled, now)


async def test_one_operation_is_one_export_with_one_deed(
    books: Desk, store: ReturnExportStore
) -> None:
    operation = uuid4()
    first = await asked(store, operation=operation)
    again = await asked(store, operation=operation, asked_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert first == again
    for other in ({"month": date(2026, 10, 1)}, {"garages": (DELHI,)}):
        with pytest.raises(OperationConflict):
            await asked(store, operation=operation, **other)
    deeds = await books.records.rows("select resource_id from deed")
    assert [row["resource_id"] for row in deeds] == ["gstr1_2026-11"]


async def test_few_wait_at_a_time(books: Desk, store: ReturnExportStore) -> None:
    for _ in range(MOST_WAITING):
        await asked(store)
    with pytest.raises(InvalidInput, match="wait"):
        await asked(store)
    await asked(store, garage=GarageId("garage_other"))
    rows = await books.records.rows("select count(*) as n from deed")
    assert rows == [{"n": MOST_WAITING + 1}]


@pytest.mark.parametrize(("bound", "most"), [("MOST_KEPT", 1), ("MOST_KEPT_BYTES", 3)])
async def test_so_much_of_a_garage_is_kept(
    books: Desk, store: ReturnExportStore, monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    first, second = wanted(), wanted()
    await store.ask(first, told(first))
    await store.finish(first, b"files", NOW)
    monkeypatch.setattr(return_exports, bound, most)
    with pytest.raises(InvalidInput, match=r"^month: 1 returns are kept"):
        await store.ask(second, told(second))
    assert (await store.ask(first, told(first))).is_made
    [row] = await books.records.rows("select count(*) as n from return_export")
    assert row == {"n": 1}


async def test_those_that_wait_count_as_kept(
    store: ReturnExportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(return_exports, "MOST_KEPT", 2)
    first, second, third = wanted(), wanted(), wanted()
    for one in (first, second):
        await store.ask(one, told(one))
    with pytest.raises(InvalidInput, match=r"^month: 2 returns are kept"):
        await store.ask(third, told(third))
    with pytest.raises(NotFound):
        await store.get(third.id)


async def test_files_without_room_are_not_kept(
    books: Desk, store: ReturnExportStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(return_exports, "MOST_KEPT_BYTES", 1_500)
    first, second = wanted(), wanted()
    for one in (first, second):
        await store.ask(one, told(one))
    for one in (first, second, first):
        await store.finish(one, b"x" * 1_000, NOW)
    stands = [await store.get(one.id) for one in (first, second)]
    assert [one.is_made for one in stands] == [True, False]
    assert str(stands[1].refused) == str(
        InvalidInput("month", "1 returns are kept, each for a week: wait for one to go")
    )
    [row] = await books.records.rows(
        "select count(*) as n, sum(octet_length(archive))::int as bytes"
        " from return_export where archive is not null"
    )
    assert row["n"] == 1
    assert 1_000 < row["bytes"] <= 1_500


def files(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
