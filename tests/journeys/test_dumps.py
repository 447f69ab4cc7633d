"""What somebody reads who carries the database away: of personal columns, ciphertext alone."""

import logging
import shutil
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from psycopg.errors import DataError
from psycopg.sql import SQL, Identifier
from pyotp.totp import TOTP

from access.blind_index import MARK_BYTES
from access.person_keys import PersonKey
from access.personal_fields import (
    CUSTOMER,
    EMPLOYEE_FIELDS,
    FIELDS,
    SEALED,
    VEHICLE,
    PersonalField,
    Protection,
)
from access.vault import key_name
from billing.ledger.return_exports import ReturnExport
from billing.ledger.returns import FIRST, ReturnScope
from domain.ids import GarageId, OperationId, return_export_id
from domain.people import parse_garage
from records import people
from records.database import Connection
from records.oidc import IdentityMark, link
from tests.access.soft_passkey import OPTIONS, SoftPasskey
from tests.access.soft_passkey import REGISTER as ADD_PASSKEY
from tests.billing.closed_ticket import asked
from tests.billing.sample_books import customer, synthetic_gstin
from tests.empty_stores import TABLES
from tests.journeys.billing_garage import (
    EDIT,
    EXPORT,
    PAY,
    REGISTER,
    Shop,
    furnished,
    op,
    registered,
    running_month,
)
from tests.journeys.conftest import Somebody
from tests.journeys.people import DIAGNOSE, PUNE, Person, content, fresh_word
from tests.journeys.planted_cards import plant
from tests.journeys.planted_files import kept_file
from tests.journeys.planted_people import employed
from tests.journeys.sign_in_door import (
    CONFIRM_FACTOR,
    ENROL_FACTOR,
    PASSWORD,
    REQUEST_RESET,
    Door,
    invited,
    opened,
)
from tests.journeys.solved_tickets import followed, put
from tests.journeys.store_files import words_in_graph, words_on_disk
from tests.journeys.test_customer_vehicles import made
from tests.journeys.test_customers import kept
from tests.journeys.test_employees import CREATE, DETAILS
from tests.journeys.test_feedback import GIVE
from tests.journeys.test_personal_data import CONSENT, NOMINATE
from tests.logs import LOGS
from tests.waits import eventually
from web.json_logs import JsonFormatter
from web.server import run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
TWICE = 2
ADVANCE = """mutation ($op: UUID!, $ticket: ID!, $payment: PaymentInput!) {
  recordAdvance(operationId: $op, ticket: $ticket, payment: $payment) { __typename
    ... on Refusal { message } } }"""
HOURS = "Mon-Sat 09:00-18:00"
FIND = "query ($id: ID!) { ticket(id: $id) { text } }"
PHONE = "9822012345"
GSTIN = synthetic_gstin("27", "BBBPK5678D")
BUYER = {
    "name": "Meera Wankhede",
    "phone": "9800012345",
    "email": "meera@wankhede.example",
    **registered(GSTIN),
}
PLATE, VIN = "MH12ZQ5566", "MA1ZK2XYZC3D45678"
PAID = {"amount": 100_00, "method": "UPI", "reference": "UPI 441709 from meera"}
# What is written twice, so that what is kept of it has to differ; the rest is never said twice.
SAID_TWICE = (
    *EMPLOYEE_FIELDS.values(),
    *(field for field in SEALED if field.column in {"buyer", "reference"}),
    *(CUSTOMER, VEHICLE),
)
# What people type into free words, of every kind that has a form; no other test says them, since
# what a test wrote past the API stays in a store's log of transactions.
TYPED = (
    *("9736105284", "97361 05284", "zq.k@ex-ample.co.in", "zqravi@okaxis", "KA51ZQ9087"),
    *("MA3EWDE1S00987612", "2341 2341 2346", "ZQCPE9087F", "27ZQCPE9087F1ZV"),
)
FREE = f"The horn of the scooter is dead: {'; '.join(TYPED)}."
# Written where everybody may read it, so that the search is seen to find what is there.
CONTROL = "zqcontrolwordqz that everybody may find in each of the stores"
SECRETS = (
    *("Wankhede", "9800012345", "meera@wankhede", GSTIN, "441709 from", "Asha Kulkarni"),
    *("501001234567", "HDFC0001234", "AAPPV8261K", PHONE, PLATE, VIN),
)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """The file of all that we log, as an operator has it."""
    path = tmp_path_factory.mktemp("logs") / "service.log"
    handler, root = logging.FileHandler(path), logging.getLogger()
    handler.setFormatter(JsonFormatter())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield path
    root.setLevel(level)
    root.removeHandler(handler)
    handler.close()


@pytest.fixture(scope="module")
async def filled(
    house: Runtime, somebody: Somebody, door: httpx.AsyncClient, lines: Path
) -> AsyncGenerator[Runtime]:
    """A house in which every personal field was said, the same words twice, and all is logged."""
    del lines
    async with run_background(house):
        shop, root = await furnished(house, somebody), await opened(house, Door(door))
        for n in range(TWICE):
            await _billed(shop, n)
            await _begun(shop, n)
            await _exported(shop)
            whose = await employed(house, f"per_{uuid4().hex}", PUNE)
            asked = {"op": op(), "id": whose, "garage": PUNE, "employee": DETAILS}
            done = await shop.admin.ask(CREATE, **asked)
            assert done["__typename"] == "EmployeeCreated", done
            await _kept(shop)
            await _secured(house, Door(door), *await invited(root, Door(door)))
            await _rated(house, somebody())
            await kept_file(house, somebody(), b"volts;amps\n51.2;%d\n" % n)
        await _typed(house, somebody())
        await eventually(lambda: _messages(house), lambda found: found >= TWICE)
        yield house


async def _billed(shop: Shop, n: int) -> None:
    """Draft one invoice, pay ahead for it, issue, register and pay another; a letter follows."""
    drafted, closed = await shop.closed(f"drafted_{n}"), await shop.closed(f"billed_{n}")
    ask, bill = shop.accountant.ask, {"customer": BUYER}
    edited = await ask(EDIT, op=op(), ticket=drafted, n=0, invoice=bill)
    ahead = await ask(ADVANCE, op=op(), ticket=drafted, payment=PAID)
    issued = await shop.issued(closed, **BUYER)
    paper = issued["invoice"]["key"]
    told = await ask(REGISTER, op=op(), invoice=paper)
    paid = await ask(PAY, op=op(), invoice=paper, payment=PAID)
    said = await ask(CONSENT, op=op(), invoice=paper, purpose="WHATSAPP", given=True)
    assert said["__typename"] == "ConsentRecorded", said
    assert [one["__typename"] for one in (edited, ahead, issued, told, paid)] == [
        *("DraftEdited", "PaymentRecorded", "InvoiceIssued"),
        *("InvoiceRegistered", "PaymentRecorded"),
    ]


async def _begun(shop: Shop, n: int) -> None:
    """Begin an invoice that nobody ends: behind its end a saga does not keep who buys."""
    sagas, later = shop.house.billing.billing.invoicing.sagas, datetime.now(UTC) + timedelta(days=1)
    begun = asked(f"begun_{n}", customer(GSTIN, str(BUYER["name"])))
    await sagas.begin_saga(PUNE, OperationId(op()), begun, shop.accountant.actor, later)


async def _kept(shop: Shop) -> None:
    """Keep the customer and a vehicle of theirs."""
    who = await kept(shop.accountant, **BUYER, notes=f"Call {PHONE}")
    await made(shop.accountant, owner=who, plate=PLATE, vin=VIN)


async def _exported(shop: Shop) -> None:
    """Have the month's return made as files, and a part of it kept as by who was killed."""
    asked = await shop.accountant.ask(EXPORT, op=op(), month=running_month())
    export, books = return_export_id(asked["export"]["id"]), shop.house.billing.billing

    async def stands() -> ReturnExport:
        return await books.return_exports.get(export)

    made = await eventually(stands, lambda export: export.is_made)
    seller = await books.invoicing.garages.get(made.garage)
    scope = ReturnScope.of([seller], made.gstin, made.month)
    part = await books.returns.next_part(scope, FIRST)
    assert part is not None
    papers = await books.returns.papers(scope)
    await _set_finished(shop.house, export, None)
    assert await books.return_exports.keep_part(export, 0, part, papers)
    # So that nobody goes on with it.
    await _set_finished(shop.house, export, made.finished_at)


async def _set_finished(house: Runtime, export: str, at: datetime | None) -> None:
    async with house.records.transaction() as connection:
        await connection.execute(
            "update return_export set finished_at = %(at)s where id = %(id)s",
            {"id": export, "at": at},
        )


async def _secured(house: Runtime, door: Door, email: str, came: dict[str, Any]) -> None:
    """Have somebody add a passkey and a second factor, name who acts for them, forget their
    password, and be known to another service.
    """
    known = door.person(came)
    passkey = SoftPasskey().made(await known.ask(OPTIONS))
    added = await known.ask(ADD_PASSKEY, op=op(), passkey=passkey)
    assert added["__typename"] == "PasskeyRegistered", added
    named = await known.ask(NOMINATE, op=op(), nominee={"name": BUYER["name"], "contact": PHONE})
    assert named["__typename"] == "Nominated", named
    offered = await door.ask(ENROL_FACTOR, email=email, password=PASSWORD)
    code = TOTP(offered["secret"]).at(datetime.now(UTC))
    done = await door.ask(CONFIRM_FACTOR, challenge=offered["challenge"], code=code)
    assert done["__typename"] == "SignedIn", done
    asked = await door.ask(REQUEST_RESET, email=email)
    assert asked["__typename"] == "PasswordResetRequested", asked
    name = house.people.door.seal.vault.mark("provider identity", f"theirs\n{known.actor.id}")
    async with house.records.transaction() as connection:
        theirs = IdentityMark(mark=name, issuer="theirs")
        assert await link(connection, theirs, known.actor.id, datetime.now(UTC))


async def _rated(house: Runtime, boss: Person) -> None:
    """Say something with a telephone number of a card."""
    card = await plant(house, f"rated_{fresh_word()}", "Rated once")
    ticket = followed(card.id, True)
    await put(house, ticket)
    said = {"card": card.id, "stars": 4, "comment": f"Call {PHONE}", "correction": f"No, {PHONE}"}
    given = await boss.ask(GIVE, op=op(), ticket=ticket.id, said=said)
    assert given["__typename"] == "FeedbackGiven", given


async def _typed(house: Runtime, boss: Person) -> None:
    """Type what tells who somebody is wherever words are taken, to be kept or only to be read."""
    reported = await boss.report(FREE)
    await boss.create(content(f"A dead horn {TYPED[0]}", FREE, cause={"primary": FREE}))
    await boss.match(FREE)
    await boss.search(FREE)
    await boss.ask(DIAGNOSE, report={"text": FREE})
    assert (await boss.ask(FIND, id=reported["id"]))["text"].count("[") == len(TYPED)


async def _messages(house: Runtime) -> int:
    [row] = await house.records.rows("select count(*) as n from message")
    return row["n"]


@pytest.mark.row("EN-7")
async def test_a_dump_holds_ciphertext_with_its_key(filled: Runtime) -> None:
    async with filled.records.transaction() as connection:
        found = await (await connection.execute("select name, of_table from data_key")).fetchall()
        keys = {(row["name"], row["of_table"]) for row in found}
        for field in SEALED:
            kept = [value for _, value in await _column(connection, field)]
            assert len(kept) >= TWICE, field
            assert {(key_name(value), field.table) for value in kept} <= keys, field
            # Length and name of the key, a nonce of 12 bytes, a tag of 16, and what is sealed.
            assert all(len(value) > 1 + value[0] + 28 for value in kept)
            assert len(set(kept)) == len(kept), field


@pytest.mark.row("EN-7")
async def test_the_same_words_are_sealed_to_others(filled: Runtime) -> None:
    vault, own = filled.employees.vault, filled.employees.own
    async with filled.records.transaction() as connection:
        found = await (await connection.execute("select id, key from person")).fetchall()
        keys = {row["id"]: PersonKey(row["id"], row["key"]) for row in found}
        for field in SAID_TWICE:
            kept = await _column(connection, field)
            clear = {
                own.open(value, field.at(row), keys[row])
                if field.person
                else vault.open(value, field.at(row))
                for row, value in kept
            }
            assert len(clear) == 1, field
            assert len({value for _, value in kept}) >= TWICE, field


@pytest.mark.row("EN-7")
async def test_a_dump_of_every_table_tells_nobody(filled: Runtime) -> None:
    """Marks are hashes of 32 bytes, own words lack what was masked, and nothing else has any."""
    found = set[tuple[str, str]]()
    async with filled.records.transaction() as connection:
        for field in (f for f in FIELDS if f.protection is Protection.MARKED):
            if field.table != "sign_in_try" and field.column != "name_marks":
                assert {len(value) for _, value in await _column(connection, field)} == {32}, field
        names = await (await connection.execute("select name_marks from customer")).fetchall()
        assert {len(mark) for row in names for mark in row["name_marks"]} == {MARK_BYTES}
        for table in await (await connection.execute(TABLES, [[]])).fetchall():
            dump = await _dump(connection, table["name"])
            found |= {(table["name"], word) for word in SECRETS if word.encode() in dump}
    assert found == set()


async def _column(connection: Connection, field: PersonalField) -> list[tuple[str, bytes]]:
    """Give what a personal column holds, each value with the name of its row."""
    query = SQL(
        "select {row}::text as row, {column} as kept from {table} where {column} is not null"
    )
    told = {"row": field.row, "column": field.column, "table": field.table}
    named = query.format(**{name: Identifier(value) for name, value in told.items()})
    rows = await (await connection.execute(named)).fetchall()
    return [(row["row"], bytes(row["kept"])) for row in rows]


async def _dump(connection: Connection, table: str) -> bytes:
    """Give all bytes of a table as PostgreSQL hands them out, none of them written as digits."""
    query = SQL("copy (select * from {}) to stdout (format binary)").format(Identifier(table))
    async with connection.cursor().copy(query) as pages:
        return b"".join([bytes(page) async for page in pages])


@pytest.fixture
async def searched(
    filled: Runtime, somebody: Somebody, pytestconfig: pytest.Config, lines: Path
) -> AsyncGenerator[Path]:
    """The folder of the stores once they have written down all they hold, and what we logged.

    Neo4j has all of it in its log of transactions, as soon as they are over.
    """
    home = pytestconfig.stash[LOGS][0].parent.parent
    await somebody().report(CONTROL)
    await filled.redis.set("control", CONTROL)
    known = parse_garage(GarageId("garage_control"), name="X", place=CONTROL, hours=HOURS)
    async with filled.records.transaction() as connection:
        await people.add_garage(connection, known)
    logging.getLogger("battwheels.control").warning(CONTROL)
    with pytest.raises(DataError):
        await filled.records.rows("select 'zqcontrolwordqz'::int as n")
    async with filled.records.apart() as connection:
        await connection.execute("checkpoint")
    await filled.redis.config_set("rdbcompression", "no")
    await filled.redis.save()
    shutil.copy(lines, home / "logs" / "service.log")
    yield home
    await filled.redis.delete("control")
    (home / "logs" / "service.log").unlink()


@pytest.mark.row("EN-2", "EN-3")
async def test_no_file_of_a_store_tells_of_anybody(
    filled: Runtime, searched: Path, record_property: Callable[[str, object], None]
) -> None:
    """Data files and write-ahead log, dump and append-only file, graph and its log, all logs."""
    found = words_on_disk(searched, (*SECRETS, *TYPED))
    found |= await words_in_graph(filled.graph, (*SECRETS, *TYPED))
    record_property("personal_data_in_clear", len(found))
    assert found == set()
    # The search finds what is there, in every store and in both kinds of log.
    control = words_on_disk(searched, ["zqcontrolwordqz"])
    stores = {"neo4j", "postgres", "redis"}
    assert {place for place, _ in control} == stores | {"postgres.log", "service.log"}
    assert await words_in_graph(filled.graph, [CONTROL]) == {("neo4j", CONTROL)}
