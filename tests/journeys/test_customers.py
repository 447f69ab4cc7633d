"""Customers of a garage: kept sealed, found by any part of a name, masked for who may not bill."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from access.people import PeopleDeed
from billing.gst.parties import Party
from domain.access import SYSTEM, Role
from domain.deeds import DeedResult, DeedType
from domain.errors import NotFound
from domain.files import FileState
from domain.ids import CustomerId, OperationId, TicketId
from domain.personal_data import MASKED
from records.customers import add_customer
from records.erasure import every_erased
from repair import customer_book
from repair.customer_book import LOOKED_AT, CustomerDetails
from repair.customers import erase_again
from tests.billing.sample_books import synthetic_gstin
from tests.journeys.billing_garage import EDIT, ISSUE, Shop, furnished
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, fresh_word
from tests.journeys.planted_files import kept_file
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_deeds import deeds
from tests.journeys.test_personal_data import CONSENT, told_of
from web.wiring import Runtime

pytestmark = pytest.mark.journey
FIELDS = """key version garage { key } notes
  party { name phone email gstin address pincode state masked }"""
REFUSED = "... on InvalidInput { field } ... on Refusal { message }"
CREATE = f"""mutation ($op: UUID!, $customer: CustomerRecordInput!, $garage: ID) {{
  createCustomer(operationId: $op, customer: $customer, garage: $garage) {{ __typename
    ... on CustomerCreated {{ customer {{ {FIELDS} }} }} {REFUSED} }} }}"""
CHANGE = f"""mutation ($op: UUID!, $id: ID!, $n: Int!, $customer: CustomerRecordInput!) {{
  changeCustomer(operationId: $op, id: $id, expectedVersion: $n, customer: $customer) {{ __typename
    ... on CustomerChanged {{ customer {{ {FIELDS} }} }} {REFUSED} }} }}"""
ONE = f"query ($id: ID!) {{ customer(id: $id) {{ {FIELDS} }} }}"
FIND = """query ($search: String, $garage: ID, $first: Int = 100, $after: String) {
  customers(search: $search, garage: $garage, first: $first, after: $after) {
    edges { node { key party { name } } } pageInfo { hasNextPage endCursor } } }"""
ERASE = f"""mutation ($op: UUID!, $customer: ID) {{
  eraseCustomer(operationId: $op, customer: $customer) {{ __typename
    ... on CustomerErased {{ erased {{ kind count }} kept {{ kind count }} }} {REFUSED} }} }}"""
ERASE_BY = f"""mutation ($op: UUID!, $invoice: ID, $customer: ID) {{
  eraseCustomer(operationId: $op, invoice: $invoice, customer: $customer) {{ __typename
    ... on CustomerErased {{ erased {{ kind count }} kept {{ kind count }} }} {REFUSED} }} }}"""
ISSUE_DRAFT = """mutation ($op: UUID!, $ticket: ID!) {
  issueInvoice(operationId: $op, ticket: $ticket) { __typename
    ... on InvoiceIssued { invoice { key number } } ... on Refusal { message } } }"""
BROUGHT_BACK = """update customer set who = %(who)s, name_marks = %(name_marks)s, erased_at = null
  where id = %(id)s returning id"""
COPIES = """select
  (select count(*) from invoice_draft where ticket = any(%(tickets)s)
     and (buyer is not null or made_from is not null)) as drafts,
  (select count(*) from saga where ticket = any(%(tickets)s) and buyer is not null) as sagas"""
EXPORT = "query ($customer: ID!) { personalData(customer: $customer) { json } }"
VEHICLE = """mutation ($op: UUID!, $vehicle: CustomerVehicleInput!) {
  createVehicle(operationId: $op, vehicle: $vehicle) {
    ... on VehicleCreated { vehicle { key plate owner { key } } } } }"""
VEHICLES = """query ($search: String) { vehicles(search: $search) {
  edges { node { key plate owner { key } } } } }"""
PAPER = "query ($id: ID!) { invoice(id: $id) { customer { name phone } } }"
ADDRESS = {"address": "14 MG Road, Pune", "pincode": "411001", "state": "27"}


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


def op() -> str:
    return str(uuid4())


async def kept(asker: Person, name: str, **said: object) -> str:
    """Keep a customer and give their key."""
    made = await asker.ask(CREATE, op=op(), customer={"name": name, **said})
    assert made["__typename"] == "CustomerCreated", made
    return made["customer"]["key"]


async def found(asker: Person, search: str, **how: object) -> list[str]:
    """Give the keys of whom a search finds, the newest first."""
    page = await asker.ask(FIND, search=search, **how)
    return [edge["node"]["key"] for edge in page["edges"]]


def whole(key: str, version: int, party: dict[str, Any], notes: str | None) -> dict[str, Any]:
    nothing = dict.fromkeys(("phone", "email", "gstin", "address", "pincode", "state"))
    said = {**nothing, "masked": False, **party}
    return {"key": key, "version": version, "garage": {"key": PUNE}, "notes": notes, "party": said}


@pytest.mark.row("AZ-1", "AZ-5", "EN-9")
async def test_who_may_bill_reads_and_others_read_the_mask(
    house: Runtime, somebody: Somebody
) -> None:
    gstin = synthetic_gstin("27", "BBBPK5678D")
    contacts = {"phone": "98221 10001", "email": "zubin@kotwal.example"}
    said = {"name": "Zubin Kotwal", "gstin": gstin, **contacts, **ADDRESS}
    key = await kept(somebody(), **said, notes="Pays by cheque")
    clear = whole(key, 1, said | {"state": "Maharashtra"}, "Pays by cheque")
    for role in (Role.ADMIN, Role.MANAGER, Role.ACCOUNTANT):
        assert await somebody(role).ask(ONE, id=key) == clear
    hidden = dict.fromkeys(said, MASKED) | {"state": "Maharashtra", "masked": True}
    for role in (Role.TECHNICIAN, Role.CUSTOMER_SUPPORT):
        assert await somebody(role).ask(ONE, id=key) == whole(key, 1, hidden, MASKED)
    # What is another garage's and what nobody has answer alike.
    stranger = somebody(garage=DELHI)
    assert await stranger.ask(ONE, id=key) is None
    assert await stranger.ask(ONE, id=f"cus_{'0' * 32}") is None
    [row] = await house.records.rows("select * from customer where id = %(id)s", id=key)
    kept_bytes = b"|".join([row["who"], *row["name_marks"], row["phone_mark"], row["gstin_mark"]])
    words = (b"Zubin", b"zub", b"9822110001", gstin.encode(), b"cheque", b"kotwal")
    assert [word for word in words if word in kept_bytes] == []


async def test_any_part_of_a_name_finds_a_customer(house: Runtime, somebody: Somebody) -> None:
    del house
    boss, word = somebody(), fresh_word()
    first = await kept(boss, f"Meenakshi {word}sundaram")
    second = await kept(boss, f"Om {word.upper()}sundar Söhne")
    assert await found(boss, f"{word}sund") == [second, first]
    assert await found(boss, f"{word[1:]}SUNDARAM nakshi") == [first]
    assert await found(boss, f"sohn {word}") == [second]
    assert await found(boss, f"om {word}") == [second]
    assert await found(boss, f"ak {word}") == []
    page = await boss.ask(FIND, search=word, first=1)
    assert page["pageInfo"]["hasNextPage"] is True
    assert await found(boss, word, first=1, after=page["pageInfo"]["endCursor"]) == [first]
    # A garage's names are its own; an administrator says which garage is meant.
    assert await found(somebody(garage=DELHI), word) == []
    assert await found(somebody(garage=DELHI), word, garage=PUNE) == []
    admin = somebody(Role.ADMIN, DELHI)
    assert await found(admin, word, garage=PUNE) == [second, first]


async def test_a_search_like_very_many_names_asks_for_more(
    house: Runtime, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss, word = somebody(), fresh_word()[:3]
    book = house.billing.billing.customer_book
    # Each holds both runs of what is sought, and none of them what is sought.
    alike = CustomerDetails(party=Party(name=f"{word} {word[1:]}q"))
    deed = PeopleDeed(
        id=OperationId(op()), actor=boss.actor, at=datetime.now(UTC), body_hash="alike"
    )
    async with house.records.transaction() as connection:
        for n in range(1, LOOKED_AT + 1):
            key = CustomerId(f"cus_{n:032x}")
            await add_customer(connection, book.sealed(key, PUNE, alike, deed))
    assert await found(boss, f"{word}q") == []
    monkeypatch.setattr(customer_book, "MOST_LOOKED_AT", LOOKED_AT)
    [error] = (await boss.answer(FIND, search=f"{word}q", first=20))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == (
        *("INVALID_INPUT", "search"),
    )


async def test_support_finds_by_number_and_not_by_name(house: Runtime, somebody: Somebody) -> None:
    del house
    boss, support = somebody(), somebody(Role.CUSTOMER_SUPPORT)
    gstin, word = synthetic_gstin("27", "CCCPK5678D"), fresh_word()
    key = await kept(boss, f"Fleet {word}", phone="+91 98221-10002", gstin=gstin)
    assert await found(support, "98221 10002") == [key]
    assert await found(support, gstin.lower()) == [key]
    assert await found(somebody(Role.CUSTOMER_SUPPORT, DELHI), "98221 10002") == []
    [error] = (await support.answer(FIND, search=word))["errors"]
    assert error["extensions"]["code"] == "NOT_ALLOWED"


async def test_a_customer_is_said_anew(house: Runtime, somebody: Somebody) -> None:
    boss, before, after = somebody(), fresh_word(), fresh_word()
    key = await kept(boss, before, phone="98221 10003", notes="Rings in the morning")
    asked = {"op": op(), "id": key, "n": 1, "customer": {"name": after, "phone": "98221 10004"}}
    done = await boss.ask(CHANGE, **asked)
    changed = whole(key, 2, {"name": after, "phone": "98221 10004"}, None)
    assert done == {"__typename": "CustomerChanged", "customer": changed}
    assert [await found(boss, one) for one in (before, after, "9822110003", "9822110004")] == [
        *([], [key], [], [key])
    ]
    # Asked again it is answered as they stand, and done no more.
    assert (await boss.ask(CHANGE, **asked))["customer"] == changed
    told = [(one.result, one.new_value) for one in await deeds(house, resource=key)]
    assert told == [
        (DeedResult.DONE, {"verb": "createCustomer", "fields": "name, phone, notes"}),
        (DeedResult.DONE, {"verb": "changeCustomer", "version": 2, "fields": "name, phone"}),
    ]


async def test_what_is_not_theirs_is_refused(house: Runtime, somebody: Somebody) -> None:
    boss, stranger = somebody(), somebody(garage=DELHI)
    key, who = await kept(boss, "Kept as they are"), {"name": "Somebody else"}
    before = await stored_counts(house)
    change = {"op": op(), "n": 1, "customer": who}
    refused = [
        await somebody(Role.CUSTOMER_SUPPORT).ask(CREATE, op=op(), customer=who),
        await somebody(Role.TECHNICIAN).ask(CHANGE, id=key, **change),
        await boss.ask(CREATE, op=op(), customer=who, garage=DELHI),
        await somebody(Role.ADMIN).ask(CREATE, op=op(), customer=who, garage="garage_nowhere"),
        await stranger.ask(CHANGE, id=key, **change),
        await stranger.ask(CHANGE, id=f"cus_{'0' * 32}", **change),
        await boss.ask(CHANGE, id=key, **(change | {"n": 7})),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed", "NotAllowed", "NotAllowed", "NotFound", "NotFound", "NotFound"),
        "StaleVersion",
    ]
    assert refused[4]["message"].replace(key, "ID") == refused[5]["message"].replace(
        f"cus_{'0' * 32}", "ID"
    )
    assert await stored_counts(house) == before
    assert (await boss.ask(ONE, id=key))["version"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "customer.name"),
        ({"name": "m" * 101}, "customer.name"),
        ({"phone": "call me"}, "customer.phone"),
        ({"email": "nobody"}, "customer.email"),
        ({"gstin": "27AAPFU0939F1ZX"}, "customer.gstin"),
        ({"address": "14 MG Road"}, "customer.address"),
        (ADDRESS | {"pincode": "110001"}, "customer.pincode"),
        ({"notes": "n" * 2_001}, "customer.notes"),
    ],
)
async def test_a_wrong_field_is_named(
    house: Runtime, somebody: Somebody, said: dict[str, str], field: str
) -> None:
    before = await stored_counts(house)
    refused = await somebody().ask(CREATE, op=op(), customer={"name": "Meera", **said})
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", field)
    assert await stored_counts(house) == before


async def test_an_attempt_tells_nobodys_name(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name=f"asha_{fresh_word()}")
    await asha.ask(CREATE, op=op(), customer={"name": "Zarina Unkept"})
    [deed] = await deeds(house, user=asha.actor.id, type=DeedType.CUSTOMER_CHANGE)
    assert (deed.result, deed.new_value) == (DeedResult.REFUSED, {"error": "NotAllowed"})


async def test_an_erased_customer_leaves_nothing_to_read(
    house: Runtime, somebody: Somebody
) -> None:
    boss, word = somebody(), fresh_word()
    key = await kept(boss, word, phone="98221 10005", notes="Rings first")
    scooter = {"make": "Ather", "model": "450X", "plate": "MH12ZQ4430", "owner": key}
    vehicle = (await boss.ask(VEHICLE, op=op(), vehicle=scooter))["vehicle"]
    told = json.loads((await boss.ask(EXPORT, customer=key))["json"])
    assert [one["name"] for one in told["customer"]] == [word]
    assert told["record"]["notes"] == "Rings first"
    assert [one["plate"] for one in told["record"]["vehicles"]] == ["MH12ZQ4430"]
    asked = {"op": op(), "customer": key}
    gone = await boss.ask(ERASE, **asked)
    assert gone["erased"] == [
        *({"kind": "CUSTOMER", "count": 1}, {"kind": "DRAFT", "count": 0}),
        *({"kind": "MESSAGE", "count": 0}, {"kind": "VEHICLE", "count": 1}),
    ]
    assert await boss.ask(ERASE, **asked) == gone
    assert (await boss.ask(ERASE, op=op(), customer=key))["__typename"] == "NotFound"
    assert await boss.ask(ONE, id=key) is None
    assert await boss.ask(EXPORT, customer=key) is None
    assert [await found(boss, typed) for typed in (word, "98221 10005")] == [[], []]
    assert (await boss.ask(VEHICLES, search="MH12ZQ4430"))["edges"] == []
    [row] = await house.records.rows("select * from customer where id = %(id)s", id=key)
    left = (row["who"], row["name_marks"], row["phone_mark"], row["gstin_mark"])
    assert left == (b"", [], None, None)
    which = "select * from customer_vehicle where id = %(id)s"
    [stays] = await house.records.rows(which, id=vehicle["key"])
    told_of = ("owner", "identity", "plate_mark", "plate_end_mark", "vin_mark")
    assert [stays[column] for column in told_of] == [None] * len(told_of)
    assert (stays["make"], stays["model"]) == ("Ather", "450X")
    asks = "select body_hash from people_change where answer->>'id' = any(%(ids)s)"
    hashes = await house.records.rows(asks, ids=[key, vehicle["key"]])
    assert [one["body_hash"] for one in hashes] == ["", ""]
    assert key in {erased for erased, _ in await every_erased(house.records)}
    [*_, deed] = await deeds(house, resource=key)
    assert (deed.event_type, deed.new_value) == (
        DeedType.USER_ERASE,
        {
            "of": "customer",
            "customer": 1,
            "draft of an invoice": 0,
            "message": 0,
            "vehicle of a customer": 1,
        },
    )


async def test_a_copy_that_brings_a_customer_back_is_erased_again(
    house: Runtime, somebody: Somebody
) -> None:
    boss, word = somebody(), fresh_word()
    key = await kept(boss, word)
    [copied] = await house.records.rows("select * from customer where id = %(id)s", id=key)
    assert (await boss.ask(ERASE, op=op(), customer=key))["__typename"] == "CustomerErased"
    assert await boss.ask(ONE, id=key) is None
    await house.records.rows(BROUGHT_BACK, **copied)
    assert (await boss.ask(ONE, id=key))["party"]["name"] == word
    own, now = house.people.administration, datetime.now(UTC)
    again = PeopleDeed(
        id=OperationId(op()), actor=somebody(Role.ADMIN).actor, at=now, body_hash="replay"
    )
    assert await erase_again(own.store, own.deeds, CustomerId(key), again) == 1
    assert await boss.ask(ONE, id=key) is None
    with pytest.raises(NotFound):
        await erase_again(
            own.store, own.deeds, CustomerId(key), replace(again, id=OperationId(op()))
        )


async def test_one_way_names_whom_to_erase(house: Runtime, somebody: Somebody) -> None:
    before = await stored_counts(house)
    refused = await somebody().ask(ERASE, op=op())
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", "customer")
    stranger = await somebody(garage=DELHI).ask(ERASE, op=op(), customer=f"cus_{'0' * 32}")
    assert stranger["__typename"] == "NotFound"
    assert await stored_counts(house) == before


async def test_a_draft_names_a_kept_customer(somebody: Somebody, shop: Shop) -> None:
    boss, word = somebody(), fresh_word()
    ticket = await shop.closed(f"regular_{word}")
    key = await kept(boss, f"Regular {word}", phone="98221 10006")
    foreign, who = await kept(somebody(garage=DELHI), "Of Delhi"), {"name": "Typed"}
    edit = {"ticket": ticket, "n": 0}
    refused = [
        await boss.ask(EDIT, op=op(), **edit, invoice={"customer": who, "customerId": key}),
        await boss.ask(EDIT, op=op(), **edit, invoice={}),
        await somebody(Role.ADMIN).ask(EDIT, op=op(), **edit, invoice={"customerId": foreign}),
    ]
    assert [one["__typename"] for one in refused] == ["InvalidInput", "InvalidInput", "NotFound"]
    assert [one["field"] for one in refused[:2]] == ["invoice.customerId", "invoice.customer"]
    done = await boss.ask(EDIT, op=op(), **edit, invoice={"customerId": key})
    assert done["__typename"] == "DraftEdited", done
    issued = await shop.accountant.ask(ISSUE, op=op(), ticket=ticket, invoice={"customerId": key})
    paper = await boss.ask(PAPER, id=issued["invoice"]["key"])
    assert paper == {"customer": {"name": f"Regular {word}", "phone": "98221 10006"}}


@pytest.mark.row("AZ-5")
@pytest.mark.parametrize("by", ["invoice", "customer"])
async def test_photos_of_what_they_paid_for_go_too(
    house: Runtime, somebody: Somebody, shop: Shop, by: str
) -> None:
    """Of a repair whose vehicle is told in words alone, as most are."""
    boss, files, word = somebody(), house.files.keeper.files, fresh_word()
    key = await kept(boss, f"Seen {word}", phone="98221 10019")
    billed, other = await shop.closed(f"seen_{word}"), await shop.closed(f"unseen_{word}")
    names = [await kept_file(house, somebody(Role.TECHNICIAN), n) for n in (b"seen\n", b"not\n")]
    for named, ticket in zip(names, (billed, other), strict=True):
        held = await house.tickets.get(TicketId(ticket), SYSTEM)
        await files.claim([named], held, (await files.get(named)).owner)
    issued = await shop.accountant.ask(ISSUE, op=op(), ticket=billed, invoice={"customerId": key})
    whom = {"invoice": issued["invoice"]["key"], "customer": key}
    gone = await boss.ask(ERASE_BY, op=op(), **{by: whom[by]})
    assert {"kind": "FILE", "count": 1} in gone["erased"]
    stand = [await files.get(named) for named in names]
    assert [(one.state, one.key is None) for one in stand] == [
        (FileState.REMOVED, True),
        (FileState.STORED, False),
    ]


async def test_an_erased_customer_leaves_their_bills_alone(
    house: Runtime, somebody: Somebody, shop: Shop
) -> None:
    """Drafts and sagas let go of who buys, and what was done before is answered as it was."""
    boss, word = somebody(), fresh_word()
    billed = await shop.closed(f"billed_{word}")
    drafted, waiting = await shop.closed(f"drafted_{word}"), await shop.closed(f"wait_{word}")
    key = await kept(boss, f"Gone {word}", phone="98221 10007")
    wish = {"invoice": {"customerId": key}}
    edits = [{"op": op(), "ticket": one, "n": 0, **wish} for one in (drafted, waiting)]
    edited = [await boss.ask(EDIT, **edit) for edit in edits]
    issues = [{"op": op(), "ticket": billed, **wish}, {"op": op(), "ticket": drafted}]
    asks = (ISSUE, ISSUE_DRAFT)
    issued = [await shop.accountant.ask(ask, **one) for ask, one in zip(asks, issues, strict=True)]
    assert [one["__typename"] for one in (*edited, *issued)] == [
        *["DraftEdited"] * 2,
        *["InvoiceIssued"] * 2,
    ]
    papers = {one["invoice"]["key"] for one in issued}
    told = json.loads((await boss.ask(EXPORT, customer=key))["json"])
    assert {paper["id"] for paper in told["papers"]} == papers

    # One invoice names their record, and the record all the rest.
    gone = await boss.ask(ERASE_BY, op=op(), invoice=min(papers))
    assert [(one["kind"], one["count"]) for one in gone["erased"] if one["kind"] != "MESSAGE"] == [
        *(("CUSTOMER", 1), ("DRAFT", 2), ("VEHICLE", 0)),
    ]
    assert gone["kept"] == [{"kind": "BOOKS", "count": 2}]
    assert await boss.ask(ONE, id=key) is None
    [found] = await house.records.rows(COPIES, tickets=[billed, drafted, waiting])
    assert found == {"drafts": 0, "sagas": 0}
    for ask, one, before in zip(asks, issues, issued, strict=True):
        again = await shop.accountant.ask(ask, **one)
        assert again["invoice"]["number"] == before["invoice"]["number"]
    assert (await boss.ask(EDIT, **edits[1]))["__typename"] == "DraftEdited"
    refused = [
        await shop.accountant.ask(ISSUE, op=op(), ticket=waiting, **wish),
        await shop.accountant.ask(ISSUE_DRAFT, op=op(), ticket=waiting),
        await boss.ask(EDIT, **(edits[1] | {"op": op(), "n": 1})),
    ]
    assert [one["__typename"] for one in refused] == ["NotFound", "InvalidInput", "NotFound"]
    clear = {"customer": {"name": f"Gone {word}", "phone": "98221 10007"}}
    assert [await boss.ask(PAPER, id=paper) for paper in sorted(papers)] == [clear] * 2


async def test_both_ways_at_once_name_nobody(house: Runtime, somebody: Somebody) -> None:
    boss = somebody()
    key, before = await kept(boss, "Named twice"), await stored_counts(house)
    refused = await boss.ask(ERASE_BY, op=op(), invoice=f"inv_{'0' * 32}", customer=key)
    assert (refused["__typename"], refused["field"]) == ("InvalidInput", "customer")
    assert await stored_counts(house) == before
    assert (await boss.ask(ONE, id=key))["version"] == 1


async def test_a_word_follows_a_changed_address(
    house: Runtime, somebody: Somebody, shop: Shop
) -> None:
    """Who wants no letters gets none at the new address, and nobody gets theirs at the old one."""
    boss, word = somebody(), fresh_word()
    who = {"name": "Moves Often", "phone": "98221 10008", "email": f"{word}@before.example"}
    key = await kept(boss, **who)
    wish = {"invoice": {"customerId": key}}
    first, second = await shop.closed(f"before_{word}"), await shop.closed(f"after_{word}")
    issued = await shop.accountant.ask(ISSUE, op=op(), ticket=first, **wish)
    old = issued["invoice"]["key"]
    no = {"invoice": old, "purpose": "WHATSAPP", "given": False}
    assert (await boss.ask(CONSENT, op=op(), **no))["__typename"] == "ConsentRecorded"
    assert await told_of(house, old) == ["email"]
    moved = who | {"phone": "98221 10009", "email": f"{word}@after.example"}
    asked = {"op": op(), "id": key, "n": 1, "customer": moved}
    assert (await boss.ask(CHANGE, **asked))["__typename"] == "CustomerChanged"
    issued = await shop.accountant.ask(ISSUE, op=op(), ticket=second, **wish)
    assert await told_of(house, issued["invoice"]["key"]) == ["email"]
    assert await told_of(house, old) == ["email"]
    told = json.loads((await boss.ask(EXPORT, customer=key))["json"])
    assert sorted((one["purpose"], one["given"]) for one in told["consents"]) == [
        *(("email", False), ("whatsapp", False), ("whatsapp", False)),
    ]
