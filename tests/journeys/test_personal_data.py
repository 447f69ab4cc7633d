"""What the Personal Data Act asks: to be told what is kept, to have it put right, to be erased."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pyotp.totp import TOTP

from access.person_keys import PersonKey
from access.personal_fields import PERSON
from access.sign_in_tries import account_at
from domain.access import Role
from domain.deeds import DeedType
from domain.errors import UnsafeSetting
from domain.events import Event, EventType
from domain.ids import EventId, InvoiceId, PersonId
from domain.personal_records import BOOKS_KEPT, DEEDS_KEPT, RecordKind
from records.database import Row
from records.oidc import IdentityMark, link
from tests.access.soft_passkey import OPTIONS, REGISTER, SoftPasskey
from tests.journeys.billing_garage import Shop, furnished
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE, Person, fresh_word
from tests.journeys.sign_in_door import (
    CONFIRM_FACTOR,
    ENROL_FACTOR,
    PASSWORD,
    PEOPLE,
    REQUEST_RESET,
    Door,
    invited,
    op,
)
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_api_keys import CREATE_WITHOUT_SECRET
from tests.journeys.test_deeds import deeds
from tests.journeys.test_employees import CREATE as CREATE_EMPLOYEE
from tests.journeys.test_employees import DETAILS
from web.rates import by_address
from web.wiring import Runtime

pytestmark = pytest.mark.journey
REFUSED = "... on InvalidInput { field } ... on Refusal { message }"
COUNTS = "{ kind count kept }"
ERASE = f"""mutation ($op: UUID!, $person: ID!) {{
  erasePerson(operationId: $op, person: $person) {{ __typename
    ... on PersonErased {{ key erasedAt erased {COUNTS} kept {COUNTS} }} {REFUSED} }} }}"""
CORRECT = f"""mutation ($op: UUID!, $person: ID!, $name: String, $email: String) {{
  correctPerson(operationId: $op, person: $person, name: $name, email: $email) {{ __typename
    ... on PersonCorrected {{ person {{ key name email }} }} {REFUSED} }} }}"""
CONSENT = f"""mutation ($op: UUID!, $invoice: ID!, $purpose: ConsentPurpose!, $given: Boolean!) {{
  recordConsent(operationId: $op, invoice: $invoice, purpose: $purpose, given: $given) {{
    __typename ... on ConsentRecorded {{ purpose given at }} {REFUSED} }} }}"""
NOMINATE = f"""mutation ($op: UUID!, $nominee: NomineeInput) {{
  nominate(operationId: $op, nominee: $nominee) {{ __typename
    ... on Nominated {{ name at }} {REFUSED} }} }}"""
MEERA = {"name": "Meera Kulkarni", "contact": "her sister, 98450 12345"}
ERASE_CUSTOMER = f"""mutation ($op: UUID!, $invoice: ID!) {{
  eraseCustomer(operationId: $op, invoice: $invoice) {{ __typename
    ... on CustomerErased {{ erasedAt erased {COUNTS} kept {COUNTS} }} {REFUSED} }} }}"""
CUSTOMER = "query ($invoice: ID!) { personalData(invoice: $invoice) { json } }"
TOLD = """query ($person: ID) { personalData(person: $person) {
  json values { kind field value purpose kept } } }"""
LEFT = """select 'password' as name, count(*) as n from password where person = %(id)s
union all select 'invitation', count(*) from invitation where person = %(id)s
union all select 'session', count(*) from session where person = %(id)s
union all select 'second_factor', count(*) from second_factor where person = %(id)s
union all select 'sign_in_challenge', count(*) from sign_in_challenge where person = %(id)s
union all select 'passkey', count(*) from passkey where person = %(id)s
union all select 'nominee', count(*) from nominee where person = %(id)s
union all select 'provider_identity', count(*) from provider_identity where person = %(id)s
union all select 'account_letter', count(*) from account_letter where email_mark = %(mark)s
union all select 'password_reset', count(*) from password_reset where email_mark = %(mark)s
union all select 'sign_in_try', count(*) from sign_in_try where mark = any(%(tried)s)
union all select 'api_key', count(*) from api_key where made_by = %(id)s and revoked_at is null
union all select 'employee', count(*) from employee where person = %(id)s
    and coalesce(salary, bank_account, pan, aadhaar) is not null"""


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


async def settled(house: Runtime, root: Person, door: Door) -> tuple[str, Person]:
    """Give somebody of whom everything is kept that there is, and their address."""
    email, came = await invited(root, door, Role.ADMIN)
    known = door.person(came)
    id = known.actor.id  # noqa: A001
    made = SoftPasskey().made(await known.ask(OPTIONS))
    assert (await known.ask(REGISTER, op=op(), passkey=made))["__typename"] == "PasskeyRegistered"
    await known.ask(NOMINATE, op=op(), nominee=MEERA)
    offered = await door.ask(ENROL_FACTOR, email=email, password=PASSWORD)
    code = TOTP(offered["secret"]).at(datetime.now(UTC))
    await door.ask(CONFIRM_FACTOR, challenge=offered["challenge"], code=code)
    await door.ask(REQUEST_RESET, email=email)
    await door.sign_in(email, "not the password")
    pay = {"id": id, "garage": PUNE, "employee": DETAILS}
    assert "employee" in await root.ask(CREATE_EMPLOYEE, op=op(), **pay)
    key = {"partner": f"partner-{fresh_word()}", "name": "Fleet", "garages": [PUNE]}
    await known.ask(CREATE_WITHOUT_SECRET, op=op(), key=key | {"scopes": ["READ_CARDS"]})
    mark = house.people.door.seal.vault.mark("provider identity", f"theirs\n{id}")
    async with house.records.transaction() as connection:
        theirs = IdentityMark(mark=mark, issuer="https://id.example")
        assert await link(connection, theirs, id, datetime.now(UTC))
    return email, known


async def row_of(house: Runtime, id: PersonId) -> Row:
    [row] = await house.records.rows("select * from person where id = %(id)s", id=id)
    return row


async def left(house: Runtime, email: str, id: PersonId) -> dict[str, int]:
    """Count what the records still hold of somebody, by table."""
    seal = house.people.door.seal
    mark, here = seal.mark(email), seal.vault.mark("network address", by_address("127.0.0.1"))
    given = {"id": id, "mark": mark, "tried": [mark, account_at(seal, mark, here)]}
    return {row["name"]: row["n"] for row in await house.records.rows(LEFT, **given)}


def counted(answer: list[dict[str, Any]]) -> dict[str, int]:
    return {one["kind"]: one["count"] for one in answer}


@pytest.mark.row("EN-7", "AD-15")
async def test_nothing_tells_who_an_erased_person_was(
    house: Runtime, root: Person, entry: Door
) -> None:
    email, known = await settled(house, root, entry)
    id = known.actor.id  # noqa: A001
    before, own = await row_of(house, id), house.employees.own
    there = await left(house, email, id)
    assert [table for table, n in there.items() if not n] == []
    gone = await root.ask(ERASE, op=op(), person=id)
    assert counted(gone["erased"]) == {
        **dict.fromkeys(
            "NAME PASSWORD INVITATION SECOND_FACTOR PASSKEY PROVIDER CHALLENGE".split(), 1
        ),
        "NOMINEE": 1,
        "EMPLOYEE": 1,
        "API_KEY": 1,
        "RESET": 1,
        "TRY": 2,
        "SESSION": there["session"],
        "LETTER": there["account_letter"],
    }
    assert await left(house, email, id) == dict.fromkeys(there, 0)
    after = await row_of(house, id)
    assert [after[name] for name in ("who", "email_mark", "key", "state")] == [None] * 3 + ["gone"]
    # A copy of what was sealed opens with the key of before, and with nothing that is left.
    place, copy = PERSON.at(id), bytes(before["who"])
    assert email.encode() in own.open(copy, place, PersonKey(id, bytes(before["key"])))
    with pytest.raises(UnsafeSetting, match="whom it told of was erased"):
        own.open(copy, place, PersonKey(id, after["key"]))
    # What the law keeps is told, and names the id alone.
    assert [(one["kind"], one["kept"]) for one in gone["kept"]] == [
        ("DEED", DEEDS_KEPT),
        ("BOOKS", BOOKS_KEPT),
    ]
    [deed] = await deeds(house, resource=id, type=DeedType.USER_ERASE)
    assert deed.user_id == root.actor.id
    assert deed.new_value == {RecordKind[one["kind"]].value: one["count"] for one in gone["erased"]}


async def test_an_erased_person_is_out(house: Runtime, root: Person, entry: Door) -> None:
    email, came = await invited(root, entry)
    known = entry.person(came)
    asked, id = op(), known.actor.id  # noqa: A001
    gone = await root.ask(ERASE, op=asked, person=id)
    assert (await known.answer(TOLD, person=id))["errors"][0]["extensions"]["code"] == (
        "NOT_AUTHENTICATED"
    )
    assert (await entry.sign_in(email))["__typename"] == "SignInRefused"
    assert await root.ask(ERASE, op=asked, person=id) == gone
    again = await root.ask(ERASE, op=op(), person=id)
    assert (again["erasedAt"], again["erased"]) == (gone["erasedAt"], [])
    assert await root.ask(TOLD, person=id) is None
    [listed] = [
        edge["node"] for edge in (await root.ask(PEOPLE))["edges"] if edge["node"]["key"] == id
    ]
    assert (listed["name"], listed["email"], listed["state"]) == ("(erased)", "(erased)", "GONE")
    # The address is free for somebody else, who is another person.
    other = await root.ask(CORRECT, op=op(), person=root.actor.id, name="Root Again")
    assert other["person"]["name"] == "Root Again"


async def test_only_an_administrator_erases(
    house: Runtime, root: Person, entry: Door, somebody: Somebody
) -> None:
    _, came = await invited(root, entry)
    key = came["person"]
    before = await stored_counts(house)
    refused = [
        (await who.ask(ERASE, op=op(), person=named))
        for who in (somebody(), somebody(Role.TECHNICIAN), somebody(garage=DELHI))
        for named in (key, "nobody")
    ]
    assert {one["__typename"] for one in refused} == {"NotAllowed"}
    assert [one["message"] for one in refused[::2]] == [one["message"] for one in refused[1::2]]
    assert (await root.ask(ERASE, op=op(), person="nobody"))["__typename"] == "NotFound"
    own = await root.ask(ERASE, op=op(), person=root.actor.id)
    assert own["__typename"] == "NotAllowed"
    assert await stored_counts(house) == before


@pytest.mark.row("EN-8")
async def test_somebody_is_told_all_that_is_kept(
    house: Runtime, root: Person, entry: Door, somebody: Somebody
) -> None:
    email, came = await invited(root, entry, department="Bay two")
    known, key = entry.person(came), came["person"]
    pay = {"id": key, "garage": PUNE, "employee": DETAILS}
    await root.ask(CREATE_EMPLOYEE, op=op(), **pay)
    own, theirs = await known.ask(TOLD, person=key), await root.ask(TOLD, person=key)
    for told in (own, theirs):
        values = {one["field"]: one["value"] for one in told["values"]}
        assert values | {"session": "", "signed in": "", "invitation": "", "deed": ""} == {
            "name": "Asha Kulkarni",
            "e-mail address": email,
            "id": key,
            "role": "technician",
            "garage": PUNE,
            "state": "active",
            "department": "Bay two",
            "certification": "general",
            "password": None,
            "salary": "4550000",
            "pan": "AAPPV8261K",
            "aadhaar": "4417",
            "bank_account": '{"number":"501001234567","ifsc":"HDFC0001234"}',
            "session": "",
            "signed in": "",
            "invitation": "",
            "deed": "",
        }
        assert all(one["purpose"] and one["kept"] for one in told["values"])
        kept = json.loads(told["json"])
        assert kept["person"] == key
        assert [one["field"] for one in kept["kept"]] == [one["field"] for one in told["values"]]
    # Each reading is a deed, of themself too.
    # Whoever opened the record was told of it in clear once more.
    for who, times in ((known, 1), (root, 2)):
        read = await deeds(house, resource=key, user=who.actor.id)
        kinds = [one.event_type for one in read]
        assert kinds.count(DeedType.REPORT_EXPORT) == 1
        assert kinds.count(DeedType.EMPLOYEE_PII_ACCESS) == times * len(DETAILS)
    strangers = (somebody(Role.TECHNICIAN), somebody(Role.ACCOUNTANT), somebody(garage=DELHI))
    for who in strangers:
        assert [await who.ask(TOLD, person=named) for named in (key, "nobody")] == [None] * 2


async def test_a_name_is_put_right(
    house: Runtime, root: Person, entry: Door, somebody: Somebody
) -> None:
    (email, came), (taken, _) = await invited(root, entry), await invited(root, entry)
    known, key = entry.person(came), came["person"]
    done = await known.ask(CORRECT, op=op(), person=key, name="Asha Kulkarni-Rao")
    assert done["person"] == {"key": key, "name": "Asha Kulkarni-Rao", "email": email}
    new = f"{fresh_word()}@example.org"
    before = await row_of(house, key)
    refused = [
        await known.ask(CORRECT, op=op(), person=key, email=new),
        await somebody().ask(CORRECT, op=op(), person=key, email=new),
        await somebody(garage=DELHI).ask(CORRECT, op=op(), person=key, name="Ravi"),
        await somebody(Role.TECHNICIAN).ask(CORRECT, op=op(), person=key, name="Ravi"),
        await root.ask(CORRECT, op=op(), person=key, email=taken),
        await root.ask(CORRECT, op=op(), person=key, email="no address"),
        await root.ask(CORRECT, op=op(), person=key),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed", "NotAllowed", "NotFound", "NotFound", "AlreadyExists"),
        *("InvalidInput", "InvalidInput"),
    ]
    assert await row_of(house, key) == before
    await root.ask(CORRECT, op=op(), person=key, email=new)
    assert (await entry.sign_in(email))["__typename"] == "SignInRefused"
    assert (await entry.sign_in(new))["__typename"] == "SignedIn"
    told = [one.new_value for one in await deeds(house, resource=key, type=DeedType.USER_CORRECT)]
    assert {"name": "changed", "email": "same"} in told
    assert not any(new in str(one) for one in told)


async def nominee_told(reader: Person, key: str) -> list[str]:
    told = await reader.ask(TOLD, person=key)
    return [one["value"] for one in told["values"] if one["kind"] == "NOMINEE"]


async def test_somebody_names_who_acts_for_them(
    house: Runtime, root: Person, entry: Door, somebody: Somebody
) -> None:
    _, came = await invited(root, entry)
    known, key = entry.person(came), came["person"]
    first = await known.ask(NOMINATE, op=op(), nominee={"name": "Ravi Rao", "contact": "next door"})
    assert (first["__typename"], first["name"]) == ("Nominated", "Ravi Rao")
    wanted: dict[str, Any] = {"op": op(), "nominee": MEERA}
    named = [await known.ask(NOMINATE, **wanted) for _ in range(2)]
    assert named[0] == named[1]
    rows = await house.records.rows("select * from nominee where person = %(id)s", id=key)
    refused = [
        await known.ask(NOMINATE, op=op(), nominee=MEERA | {"contact": " "}),
        await known.ask(NOMINATE, op=op(), nominee=MEERA | {"name": "x" * 121}),
        await known.ask(NOMINATE, **wanted | {"nominee": None}),
        await somebody().ask(NOMINATE, op=op(), nominee=MEERA),
    ]
    assert [one["__typename"] for one in refused] == [
        *("InvalidInput", "InvalidInput", "OperationConflict", "NotFound"),
    ]
    assert await house.records.rows("select * from nominee where person = %(id)s", id=key) == rows
    assert len(rows) == 1
    assert b"Meera" not in rows[0]["who"]
    assert await nominee_told(root, key) == await nominee_told(known, key) == [*MEERA.values()]
    await known.ask(NOMINATE, op=op())
    assert await nominee_told(root, key) == []
    told = [one.new_value for one in await deeds(house, resource=key, type=DeedType.USER_CORRECT)]
    assert [one for one in told if one and "nominee" in one] == [
        *({"nominee": word} for word in ("named", "named", "nobody")),
    ]


async def sent(house: Runtime, paper: str) -> list[str]:
    """Give by which channels an invoice's customer was told of it, once nobody is at it."""
    found = await house.billing.billing.correspondence.messages_of_invoices([InvoiceId(paper)])
    return sorted(message.channel for message in found[InvoiceId(paper)])


async def told_of(house: Runtime, paper: str) -> list[str]:
    """Tell a customer of their invoice as the listener does, and give by which channels."""
    event = Event(
        id=EventId(str(uuid4())),
        type=EventType.NOTIFICATION_SEND,
        entity=paper,
        version=1,
        at=datetime.now(UTC),
        actor=PersonId("system"),
        garage=PUNE,
    )
    async with house.records.transaction() as connection:
        await house.billing.notices.send_notice(event, connection)
    return await sent(house, paper)


async def test_a_customer_is_written_to_as_they_want(house: Runtime, shop: Shop) -> None:
    whose = {"phone": "9800054321", "email": f"{fresh_word()}@example.org"}
    first, other = [
        (await shop.issued(await shop.closed(f"{name}_{fresh_word()}"), **whose))["invoice"]["key"]
        for name in ("first", "other")
    ]
    assert await told_of(house, first) == ["email", "whatsapp"]
    ask, asked = shop.accountant.ask, op()
    no = {"invoice": first, "purpose": "EMAIL", "given": False}
    said = await ask(CONSENT, op=asked, **no)
    assert (said["__typename"], said["given"]) == ("ConsentRecorded", False)
    assert await ask(CONSENT, op=asked, **no) == said
    assert await told_of(house, other) == ["whatsapp"]
    gone = await ask(ERASE_CUSTOMER, op=op(), invoice=first)
    # Nobody of theirs is registered, so each invoice is asked for by itself.
    assert [(one["kind"], one["count"]) for one in gone["erased"]] == [
        *(("DRAFT", 0), ("MESSAGE", 2)),
    ]
    assert [(one["kind"], one["kept"]) for one in gone["kept"]] == [("BOOKS", BOOKS_KEPT)]
    assert await sent(house, first) == []
    assert await told_of(house, first) == []
    kept = json.loads((await ask(CUSTOMER, invoice=first))["json"])
    assert kept["customer"][0]["email"] == whose["email"]
    said = [(one["purpose"], one["given"]) for one in kept["consents"]]
    assert sorted(said) == [("email", False), ("email", False), ("whatsapp", False)]
    await ask(CONSENT, op=op(), **(no | {"given": True}))
    assert await told_of(house, first) == ["email"]


async def test_only_who_bills_keeps_a_customers_word(
    house: Runtime, shop: Shop, somebody: Somebody
) -> None:
    issued = await shop.issued(await shop.closed(f"word_{fresh_word()}"))
    paper, said = issued["invoice"]["key"], {"purpose": "EMAIL", "given": False}
    before = await stored_counts(house)
    far = somebody(Role.ACCOUNTANT, DELHI)
    refused = [
        await shop.support.ask(CONSENT, op=op(), invoice=paper, **said),
        await shop.support.ask(ERASE_CUSTOMER, op=op(), invoice=paper),
        await far.ask(CONSENT, op=op(), invoice=paper, **said),
        await far.ask(CONSENT, op=op(), invoice="inv_nothing", **said),
        await far.ask(ERASE_CUSTOMER, op=op(), invoice=paper),
        # They left no address of e-mail.
        await shop.accountant.ask(CONSENT, op=op(), invoice=paper, **said),
    ]
    assert [one["__typename"] for one in refused] == [
        *("NotAllowed", "NotAllowed", "NotFound", "NotFound", "NotFound", "InvalidInput")
    ]
    assert refused[2]["message"].replace(paper, "inv_nothing") == refused[3]["message"]
    assert await stored_counts(house) == before
