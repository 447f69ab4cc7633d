"""A garage with 200,000 bills: what is owed and by whom, what waits to be billed or decided.

One bill in ten is unpaid, half of them of companies with several. Of 200,000 drafts one in a
hundred waits, of 200,000 entries of the review one in a hundred is of the garage that asks. Rows
are written past the ledger and hold nothing but what these lists read. All of them are synthetic.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from time import perf_counter
from typing import LiteralString, TypeAlias

from bench.bars import Bar, Better, p95_of
from bench.ledger import DEEDS, VAULT, opened_records
from billing.ledger.books import Books
from billing.ledger.drafts import DraftStore
from billing.ledger.dues import due_customers, due_invoices, dues_of_garage
from billing.ledger.reports import make_partitions
from domain.access import Actor, Role
from domain.ids import GarageId, PersonId
from records.database import Records
from records.reviews import ReviewStore

GARAGE = GarageId("garage_1")
TODAY = date(2026, 11, 30)
MONTHS = 7
PAGE, ROUNDS = 21, 60
GOAL_PAGE_MS = 100.0
# Who owes most is known once everybody's debt is summed: every unpaid bill is read for it.
WHO_OWES, GOAL_OWING_MS = "who owes", 200.0
# How often a list is read on, from its head: places deep in it cost no more than its head does.
DEEP = 40
WRITTEN: Sequence[LiteralString] = (
    """insert into invoice (id, issue_date, garage, kind, number, issued_at, issued_by, ticket,
        place_of_supply, taxable_paise, cgst_paise, sgst_paise, igst_paise, round_off_paise,
        total_paise, reverse_charge, body, buyer, gstin_mark)
    select 'inv_' || lpad(n::text, 9, '0'), %(today)s::date - n %% 200, %(garage)s, 'invoice',
           'PGS/' || n, now(), 'bench', 'tkt_' || n,
           '27', 1000, 0, 0, 0, 0, 1000, false, '{}', '',
           case when n %% 20 = 0 then int8send(n %% 3000) end
    from generate_series(1, 200000) as n""",
    """insert into invoice_balance (invoice, issue_date, garage, total_paise, paid_paise)
    select id, issue_date, garage, 1000, case when serial %% 10 = 0 then 0 else 1000 end
    from (select *, substr(id, 5)::bigint as serial from invoice) as paper""",
    """insert into invoice_draft (ticket, garage, version, terms, changed_at, changed_by, made_at)
    select 'tkt_d' || n, %(garage)s, 1, '{}', now(), 'bench', now() - n * interval '1 second'
    from generate_series(1, 200000) as n""",
    """insert into invoiced_ticket (ticket, garage, invoice)
    select 'tkt_d' || n, %(garage)s, 'inv_' || lpad(n::text, 9, '0')
    from generate_series(1, 200000) as n where n %% 100 <> 0""",
    """insert into review (id, kind, card, version, reason, garage, at)
    select 'rev_' || n, 'draft', 'fc_' || n, 1, 'New', 'garage_' || n %% 100,
           now() - n * interval '1 second'
    from generate_series(1, 200000) as n""",
)
Walk: TypeAlias = Callable[[str | None], Awaitable[str | None]]


async def run() -> list[Bar]:
    """Measure on stores of its own; print every figure."""
    async with opened_records() as records:
        await _write_rows(records)
        return await _measure(records)


async def _write_rows(records: Records) -> None:
    began = perf_counter()
    given = {"today": TODAY, "garage": GARAGE}
    async with records.transaction(seconds=300) as connection:
        await make_partitions(connection, TODAY - timedelta(days=200), MONTHS + 1)
        for statement in WRITTEN:
            await connection.execute(statement, given)
    async with records.transaction(seconds=300) as connection:
        # As the database does by itself a minute later: before, it plans for empty tables.
        await connection.execute("analyze")
    print(f"rows written in {perf_counter() - began:.0f} s")


async def _measure(records: Records) -> list[Bar]:
    took = {name: await _p95(walk) for name, walk in _walks(records).items()}
    for name, p95 in took.items():
        print(f"{name}: p95 {p95:.1f} ms")
    low, owing = Better.LOWER, took.pop(WHO_OWES)
    return [
        Bar(name="dues_page_p95_ms", measured=max(took.values()), goal=GOAL_PAGE_MS, better=low),
        Bar(name="due_customers_p95_ms", measured=owing, goal=GOAL_OWING_MS, better=low),
    ]


async def _p95(walk: Walk) -> float:
    """Read a list on from page to page, and from its head again after so many; milliseconds."""
    took, place = list[float](), None
    for n in range(ROUNDS):
        began = perf_counter()
        place = await walk(None if n % DEEP == 0 else place)
        took.append((perf_counter() - began) * 1000)
    return p95_of(took)


def _walks(records: Records) -> dict[str, Walk]:
    drafts = DraftStore(records, Books(records, DEEDS), VAULT)
    reviews = ReviewStore(records)

    async def sums(after: str | None) -> str | None:
        await dues_of_garage(records, GARAGE, TODAY)
        return after

    async def invoices(after: str | None) -> str | None:
        found = await due_invoices(records, GARAGE, TODAY, first=PAGE, after=after)
        return found[-1].invoice

    async def customers(after: str | None) -> str | None:
        place = None if after is None else (int(after.split()[0]), after.split()[1])
        found = await due_customers(records, GARAGE, TODAY, first=PAGE, after=place)
        return f"{found[-1].paise} {found[-1].invoice}"

    def waiting(garage: GarageId | None) -> Walk:
        async def walk(after: str | None) -> str | None:
            found = await drafts.page_of_drafts(garage, first=PAGE, after=after)
            return found[-1].ticket

        return walk

    def to_decide(actor: Actor) -> Walk:
        async def walk(after: str | None) -> str | None:
            return (await reviews.page(actor, first=PAGE, after=after))[-1].id

        return walk

    manager = Actor(id=PersonId("bench"), role=Role.MANAGER, garage=GARAGE)
    return {
        "dues": sums,
        "unpaid bills": invoices,
        WHO_OWES: customers,
        "drafts of a garage": waiting(GARAGE),
        "drafts of all": waiting(None),
        "reviews of a garage": to_decide(manager),
        "reviews of all": to_decide(Actor(id=PersonId("bench"), role=Role.ADMIN, garage=None)),
    }
