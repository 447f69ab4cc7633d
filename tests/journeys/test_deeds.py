"""Each act is one row of the audit trail, with whose it was and from where; so is each refusal."""

import json
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.deeds import Deed, DeedResult, DeedType
from domain.ids import KeyId, PersonId
from domain.technicians import Technician
from domain.trusted_documents import document_id
from records.audit_trail import DeedFilter
from records.verification import verify_chain
from tests.journeys.billing_garage import (
    RETURN,
    SETTINGS,
    VOID,
    Shop,
    furnished,
    op,
    running_month,
    settings,
)
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, REGISTER_DOCUMENTS, REPORT, VERIFY, Person, content
from tests.journeys.sign_in_door import GARAGE, HOLD
from tests.journeys.test_api_keys import CREATE_WITHOUT_SECRET as CREATE_KEY
from tests.journeys.test_api_keys import REVOKE
from tests.journeys.test_repairs import ASSIGN, CLOSE, REOPEN, RESOLVE, START
from web.wiring import Runtime

pytestmark = pytest.mark.journey
DELETE = """mutation ($id: ID!, $n: Int!, $op: UUID!) {
  deleteTicket(id: $id, expectedVersion: $n, operationId: $op) {
    __typename ... on Refusal { message } } }"""
AGENT = "portal/2 (Kothrud)"
TOLD = "Ravi Deshmukh 9800012345: the scooter of MH12AB1234 jerks at low speed"


@pytest.fixture(scope="module")
async def shop(house: Runtime, somebody: Somebody) -> Shop:
    return await furnished(house, somebody)


async def deeds(house: Runtime, **wanted: Any) -> list[Deed]:  # noqa: ANN401 - as the filter takes it
    """Give the deeds, the oldest first, once everything that was told has been written."""
    while await house.relay.step():
        continue
    await house.audit.refused.write_noted()
    return [*reversed(await house.audit.trail.page(100, DeedFilter(**wanted)))]


def told(deed: Deed) -> tuple[DeedType, str | None, str | None, DeedResult]:
    return deed.event_type, deed.user_id, deed.user_role, deed.result


@pytest.mark.row("AD-4", "AD-5", "AD-15")
async def test_a_repair_leaves_one_deed_for_each_act(house: Runtime, somebody: Somebody) -> None:
    manager, asha = somebody(Role.MANAGER), somebody(Role.TECHNICIAN, name="asha")
    manager.client.headers["user-agent"] = AGENT
    made = await manager.report(TOLD, vehicleId="veh_blue_scooter")
    ticket, key = made["id"], made["key"]
    await house.technicians.register(Technician(id=PersonId("asha"), garage=PUNE))
    acts: list[tuple[Person, str, dict[str, object]]] = [
        (manager, ASSIGN, {"to": "asha"}),
        (asha, START, {}),
        (asha, RESOLVE, {"outcome": {"worked": True, "minutes": 20, "notes": "Ask Ravi"}}),
        (manager, CLOSE, {"rating": 4}),
        (manager, REOPEN, {}),
    ]
    for n, (who, verb, more) in enumerate(acts, start=1):
        asked = {"id": ticket, "n": n, "op": str(uuid4()), **more}
        # Sent again with the same id it is done once, and is one deed.
        answers = [await who.ask(verb, **asked) for _ in range(2)]
        assert answers[0] == answers[1]
    found = await deeds(house, resource=key)
    updates = [(DeedType.TICKET_UPDATE, who, DeedResult.DONE) for who in ("asha", "asha")]
    assert [(d.event_type, d.user_id, d.result) for d in found] == [
        (DeedType.TICKET_CREATE, manager.actor.id, DeedResult.DONE),
        (DeedType.TICKET_UPDATE, manager.actor.id, DeedResult.DONE),
        *updates,
        (DeedType.TICKET_UPDATE, manager.actor.id, DeedResult.DONE),
        (DeedType.TICKET_UPDATE, manager.actor.id, DeedResult.DONE),
    ]
    assert {(d.garage_id, d.ip_address, d.user_agent) for d in found} == {
        (PUNE, "127.0.0.1", AGENT)
    }
    changed = [(d.old_value, d.new_value) for d in found]
    assert changed[1] == (
        {"version": 1, "status": "open", "assignee": None},
        {"version": 2, "status": "assigned", "assignee": "asha"},
    )
    assert changed[0][0] is None
    whole = repr(found)
    assert not any(word in whole for word in ("Ravi", "9800012345", "MH12AB1234"))
    assert changed[0][1] is not None
    assert str(changed[0][1]["text"]).startswith("hmac:")


@pytest.mark.row("AD-4", "AD-5")
async def test_a_refusal_is_a_deed_too(house: Runtime, somebody: Somebody) -> None:
    manager, nobody = somebody(name="one"), somebody(Role.ACCOUNTANT, name="counts")
    made = await manager.report("Whines when it brakes hard")
    refused = await nobody.ask(REPORT, report={"text": "Mine"}, op=str(uuid4()))
    stale = await manager.ask(ASSIGN, id=made["id"], n=7, op=str(uuid4()), to="asha")
    assert (refused["__typename"], stale["__typename"]) == ("NotAllowed", "StaleVersion")
    assert [(told(d), d.new_value) for d in await deeds(house, user="counts")] == [
        (
            (DeedType.TICKET_CREATE, "counts", "accountant", DeedResult.REFUSED),
            {"error": "NotAllowed"},
        )
    ]
    assert [told(d) for d in await deeds(house, resource=made["key"])] == [
        (DeedType.TICKET_CREATE, "one", "manager", DeedResult.DONE),
        (DeedType.TICKET_UPDATE, "one", "manager", DeedResult.REFUSED),
    ]


async def test_asking_what_is_not_theirs_is_a_deed(house: Runtime, somebody: Somebody) -> None:
    counts = somebody(Role.ACCOUNTANT, name="asks")
    for asked in (
        "reviewQueue(first: 1) { edges { cursor } }",
        "models(first: 1) { edges { cursor } }",
    ):
        answer = await counts.answer(f"{{ {asked} }}")
        assert answer["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    # What they may ask, and what is not there, is none.
    await counts.answer(
        '{ ticket(id: "tkt_none") { key } invoices(first: 1) { edges { cursor } } }'
    )
    refused = DeedType.ACCESS_REFUSE, "asks", "accountant", DeedResult.REFUSED
    assert [(told(d), d.new_value) for d in await deeds(house, user="asks")] == [
        (refused, {"error": "NotAllowed", "verb": verb}) for verb in ("reviewQueue", "models")
    ]


@pytest.mark.row("AD-6")
async def test_a_deleted_ticket_leaves_its_deed(house: Runtime, somebody: Somebody) -> None:
    admin, manager = somebody(Role.ADMIN, None), somebody(name="deletes")
    made = await manager.report("Nobody will know that it squeaked")
    asked = {"id": made["id"], "n": 1}
    refused = await manager.ask(DELETE, **asked, op=str(uuid4()))
    again = {**asked, "op": str(uuid4())}
    answers = [await admin.ask(DELETE, **again) for _ in range(2)]
    assert refused["__typename"] == "NotAllowed"
    assert [one["__typename"] for one in answers] == ["TicketDeleted"] * 2
    _, tried, done = await deeds(house, resource=made["key"])
    assert [told(d) for d in (tried, done)] == [
        (DeedType.TICKET_DELETE, "deletes", "manager", DeedResult.REFUSED),
        (DeedType.TICKET_DELETE, admin.actor.id, "admin", DeedResult.DONE),
    ]
    assert (done.garage_id, done.new_value) == (PUNE, None)
    assert (done.old_value or {})["status"] == "open"


@pytest.mark.row("AD-7", "AD-8", "CA-19")
async def test_a_card_is_written_and_verified_once(house: Runtime, somebody: Somebody) -> None:
    author, second = somebody(name="author"), somebody(name="second")
    made = await author.create(content("Whoever verifies this answers for it"))
    asked = {"id": made["id"], "expected": 1}
    own = await author.ask(VERIFY, **asked, op=str(uuid4()))
    again = {**asked, "op": str(uuid4())}
    answers = [await second.ask(VERIFY, **again) for _ in range(2)]
    assert own["__typename"] == "InvalidInput"
    assert [answer["__typename"] for answer in answers] == ["CardVerified"] * 2
    found = await deeds(house, resource=made["key"])
    assert [told(d) for d in found] == [
        (DeedType.FAILURE_CARD_CREATE, "author", "manager", DeedResult.DONE),
        (DeedType.FAILURE_CARD_VERIFY, "author", "manager", DeedResult.REFUSED),
        (DeedType.FAILURE_CARD_VERIFY, "second", "manager", DeedResult.DONE),
    ]
    assert found[-1].old_value == {"version": 1, "status": "draft"}
    assert found[-1].new_value == {"version": 2, "status": "verified"}


@pytest.mark.row("AD-9", "AD-10", "AD-13", "AD-14")
async def test_the_books_leave_deeds_in_their_own_transactions(shop: Shop) -> None:
    house, who = shop.house, shop.admin.actor.id
    before = {d.audit_id for d in await deeds(house)}
    ticket, key = await shop.closed("deed"), op()
    papers = [await shop.issued(ticket, key) for _ in range(2)]
    invoice = papers[0]["invoice"]
    await shop.admin.ask(VOID, op=op(), invoice=invoice["id"])
    refused = await shop.support.ask(VOID, op=op(), invoice=invoice["id"])
    assert refused["__typename"] == "NotAllowed"
    month = running_month()
    await shop.accountant.ask(RETURN, month=month)
    await shop.support.answer(RETURN, month=month)
    await shop.admin.ask(SETTINGS, op=op(), settings=settings(), garage=PUNE)
    found = [d for d in await deeds(house) if d.audit_id not in before]
    money = [d for d in found if d.resource_type != "ticket"]
    done, tried = DeedResult.DONE, DeedResult.REFUSED
    accountant, support = shop.accountant.actor.id, shop.support.actor.id
    assert sorted((d.event_type.value, d.user_id, d.result.value) for d in money) == sorted(
        [
            ("invoice.create", accountant, done.value),
            ("invoice.void", who, done.value),
            ("invoice.void", support, tried.value),
            ("report.export", accountant, done.value),
            ("report.export", support, tried.value),
            ("settings.change", who, tried.value),
        ]
    )
    assert {d.ip_address for d in money} == {"127.0.0.1"}
    first = next(d for d in await deeds(house, user=who, type=DeedType.SETTINGS_CHANGE))
    assert (first.user_id, first.user_role, first.garage_id) == (who, "admin", PUNE)
    [created] = [d for d in money if d.event_type is DeedType.INVOICE_CREATE]
    assert (created.resource_id, created.garage_id) == (invoice["key"], PUNE)
    assert sorted(created.new_value or {}) == ["hash", "money_event"]


@pytest.mark.row("AD-16")
async def test_all_of_it_is_one_chain_that_holds(house: Runtime, shop: Shop) -> None:
    del shop
    await deeds(house)
    made = await house.audit.add_checkpoint()
    assert made is not None
    result = await verify_chain(house.records, house.audit.vault.sign, [made])
    assert (result.findings, result.waiting) == ((), 0)
    assert result.links == made.n > 20


@pytest.mark.row("AD-14", "AD-15")
async def test_what_the_network_goes_by_leaves_deeds(house: Runtime, somebody: Somebody) -> None:
    """Keys, garages, shifts and documents: each change is one deed, and so is each refusal."""
    boss, manager = somebody(Role.ADMIN, None, name="keeper"), somebody(name="meddles")
    clerk = somebody(Role.ACCOUNTANT, name="meddles")
    order = {"partner": "fleet-deeds", "name": "Ravi's fleet", "garages": [PUNE], "days": 30}
    key = {"key": {**order, "scopes": ["READ_CARDS", "READ_TICKETS"]}}
    made = await boss.ask(CREATE_KEY, op=(once := str(uuid4())), **key)
    named = {"id": made["apiKey"]["key"]}
    place = {"id": "garage_deeds", "name": "Ravi Motors", "place": "4 Karve Road"}
    hours = {"profile": place | {"hours": "Mon-Sat 09:00-18:00"}}
    text = "query Deeds { cards(first: 1) { edges { cursor } } }"
    sent = {"manifest": {"partner": "fleet-deeds", "documents": [{"name": "D", "text": text}]}}
    held = {"garage": "garage_deeds", "refused": True}
    verbs: list[tuple[str, dict[str, Any], Person]] = [
        (CREATE_KEY, key, manager),
        (REVOKE, named, manager),
        (GARAGE, hours, manager),
        (HOLD, held, clerk),
        (REGISTER_DOCUMENTS, sent, manager),
    ]
    for verb, given, other in verbs:
        again = once if verb == CREATE_KEY else str(uuid4())
        first = await boss.ask(verb, **given, op=again)
        await house.records.rows("delete from operation where id = %(id)s returning id", id=again)
        assert await boss.ask(verb, **given, op=again) == first
        assert "message" not in first
        refused = await other.ask(verb, **given, op=str(uuid4()))
        assert refused["__typename"] == "NotAllowed"
    # What is so already is nobody's deed.
    await boss.ask(HOLD, **held, op=str(uuid4()))
    await boss.ask(REVOKE, **named, op=str(uuid4()))
    done = await deeds(house, user="keeper", type=DeedType.SETTINGS_CHANGE)
    kept = (await house.live_keys.get(KeyId(named["id"]))).expires_at.isoformat(timespec="seconds")
    profile = {"hours": "Mon-Sat 09:00-18:00", "off_shift_refused": False}
    ids = sha256(document_id(text).encode()).hexdigest()
    assert [(d.resource_id, d.garage_id, d.old_value, d.new_value) for d in done] == [
        (
            named["id"],
            PUNE,
            None,
            {
                "verb": "createApiKey",
                "partner": "fleet-deeds",
                "scopes": "cards:read tickets:read",
                "garages": PUNE,
                "rung": "id_only",
                "expires_at": kept,
            },
        ),
        (
            named["id"],
            PUNE,
            None,
            {"verb": "revokeApiKey", "partner": "fleet-deeds", "revoked": True},
        ),
        ("garage_deeds", "garage_deeds", None, {"verb": "createGarage", **profile}),
        (
            "garage_deeds",
            "garage_deeds",
            {"off_shift_refused": False},
            {"verb": "holdGarageToShift", "off_shift_refused": True},
        ),
        (
            "fleet-deeds",
            None,
            None,
            {"verb": "registerDocuments", "new": 1, "sent": 1, "ids": ids},
        ),
    ]
    assert {told(d) for d in done} == {
        (DeedType.SETTINGS_CHANGE, "keeper", "admin", DeedResult.DONE)
    }
    tried = await deeds(house, user="meddles", type=DeedType.SETTINGS_CHANGE)
    assert [(d.resource_id, d.result, d.new_value) for d in tried] == [
        (which, DeedResult.REFUSED, {"error": "NotAllowed", "verb": verb})
        for which, verb in (
            (None, "createApiKey"),
            (named["id"], "revokeApiKey"),
            (None, "createGarage"),
            ("garage_deeds", "holdGarageToShift"),
            (None, "registerDocuments"),
        )
    ]
    assert "Ravi" not in repr([*done, *tried])


TRAIL = """query ($filter: DeedFilterInput, $first: Int! = 100, $after: String) {
  auditTrail(filter: $filter, first: $first, after: $after) {
    edges { node { auditId timestamp eventType userId userRole garageId ipAddress userAgent
      resourceType resourceId action oldValue newValue result } }
    pageInfo { hasNextPage endCursor } } }"""


@pytest.mark.row("AD-15")
async def test_administrators_read_the_trail_in_pages(house: Runtime, somebody: Somebody) -> None:
    admin, manager = somebody(Role.ADMIN, None), somebody(name="paged")
    made = [await manager.report(f"Rattles over bump {n}") for n in range(3)]
    await deeds(house)
    mine = {"filter": {"person": "paged"}, "first": 2}
    newest = await admin.ask(TRAIL, **mine)
    rest = await admin.ask(TRAIL, **mine, after=newest["pageInfo"]["endCursor"])
    pages = [edge["node"] for edge in (*newest["edges"], *rest["edges"])]
    assert [page["pageInfo"]["hasNextPage"] for page in (newest, rest)] == [True, False]
    assert [one["resourceId"] for one in pages] == [one["key"] for one in reversed(made)]
    first = pages[-1]
    wanted = {
        "resource": made[0]["id"],
        "garage": PUNE,
        "type": "TICKET_CREATE",
        "since": first["timestamp"],
    }
    [edge] = (await admin.ask(TRAIL, filter=wanted))["edges"]
    assert edge["node"] == first
    assert (first["userId"], first["userRole"], first["oldValue"], first["result"]) == (
        "paged",
        "manager",
        None,
        "DONE",
    )
    assert json.loads(first["newValue"])["status"] == "open"
    for changed in ({"garage": "garage_far"}, {"type": "TICKET_DELETE"}, {"person": "nobody"}):
        assert (await admin.ask(TRAIL, filter=wanted | changed))["edges"] == []


@pytest.mark.row("AD-15")
async def test_the_trail_is_for_administrators_alone(somebody: Somebody) -> None:
    for role in set(Role) - {Role.ADMIN}:
        told = await somebody(role).answer(TRAIL)
        assert told["data"] is None
        assert told["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"person": "Ravi Deshmukh"}, "person"),
        ({"garage": "pune"}, "garage"),
        ({"resource": " tkt_1"}, "resource"),
        ({"resource": "x" * 3_000}, "resource"),
        ({"type": "TICKET_EATEN"}, "type"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-30T10:00:00"}, "since"),
        ({"since": "2026-11-30T10:00:00Z", "until": "2026-11-30T10:00:00Z"}, "until"),
    ],
)
async def test_an_odd_filter_is_refused_by_name(
    somebody: Somebody, wrong: dict[str, str], field: str
) -> None:
    told = await somebody(Role.ADMIN, None).answer(TRAIL, filter=wrong)
    assert told.get("data") is None
    assert field in told["errors"][0]["extensions"].get("field", told["errors"][0]["message"])
