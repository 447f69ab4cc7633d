"""A change whose answer and memory were lost is answered again, and not done again."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from graphql import build_schema

from domain.access import Role
from domain.cards import CardStatus, PartUse
from domain.ids import PersonId
from domain.reviews import ReviewKind
from domain.technicians import Technician
from domain.tickets import Ticket, TicketStatus
from domain.vehicles import VehicleContext
from domain.vocabulary import Part
from repair import reviews
from repair.reviews import ReviewReason
from schema.sdl import PRINTED
from sync.offline_queue import QueuedVerb
from tests.gnn.toy_models import plant_candidate
from tests.journeys import (
    planted_files,
    sign_in_door,
    test_api_keys,
    test_deletions,
    test_employees,
    test_feedback,
    test_jobs,
    test_personal_data,
    test_repairs,
    test_settings,
    test_trusted_documents,
)
from tests.journeys.conftest import Somebody
from tests.journeys.people import (
    CREATE,
    PROMOTE_MODEL,
    PUNE,
    REGISTER_DOCUMENTS,
    REPORT,
    ROLL_BACK_MODEL,
    UPDATE,
    VERIFY,
    Person,
    content,
    fresh_word,
)
from tests.journeys.planted_cards import plant
from tests.journeys.planted_defects import ANSWER_ALARM, plant_alarm
from tests.journeys.planted_people import employed
from tests.journeys.queue_records import SYNC, record, told
from tests.journeys.solved_tickets import followed, put, solved
from tests.journeys.test_feedback import GIVE, MERGE, SEEN, UNDO
from web.wiring import Runtime

pytestmark = pytest.mark.journey
RETIRE = """mutation ($op: UUID!, $id: ID!, $expected: Int!) {
  retireCard(operationId: $op, id: $id, expectedVersion: $expected) {
    __typename ... on CardRetired { card { version status } } ... on Refusal { message } } }"""
PROMOTE = """mutation ($op: UUID!, $id: ID!, $expected: Int!) {
  promoteCard(operationId: $op, id: $id, expectedVersion: $expected) {
    __typename ... on CardPromoted { card { version status } } ... on Refusal { message } } }"""
REGISTER = """mutation ($op: UUID!, $who: TechnicianInput!) {
  registerTechnician(operationId: $op, technician: $who) {
    __typename ... on TechnicianRegistered { technician { key } } ... on Refusal { message } } }"""
# Their effect and the memory of their operation are one transaction (`billing.ledger.books.Page`).
BOOKS = {
    *(
        "adjustStock",
        "closeMonth",
        "closeTill",
        "reopenTill",
        "deleteDraft",
        "editDraft",
        "issueCreditNote",
    ),
    "issueInvoice",
    *("recordAdvance", "recordPayment", "refundPayment", "registerInvoice"),
    *("setBillingSettings", "setPrice", "voidInvoice"),
    # So it is of these, with the memory of what is asked of people.
    *("recordConsent", "eraseCustomer", "createCustomer", "changeCustomer"),
    *("createVehicle", "changeVehicle", "nominate"),
    # What is asked for is its own memory (tests/billing/ledger/test_return_exports.py).
    "exportSalesReturn",
}
ASHA = PersonId("asha")
# She is on one bay at a time.
HOURS = count()
OUTCOME = {"worked": True, "minutes": 5}
Asked = tuple[str, dict[str, Any]]
Change = Callable[[Runtime, Person], Awaitable[Asked]]


async def promotion(house: Runtime, boss: Person) -> Asked:
    del boss
    draft = CardStatus.DRAFT
    card = await plant(house, f"draft_{fresh_word()}", "To be found already", status=draft)
    return PROMOTE, {"id": card.id, "expected": 1}


async def promoted_model(house: Runtime, boss: Person) -> Asked:
    del boss
    return PROMOTE_MODEL, {"run": (await plant_candidate(house)).id}


async def rolled_back_model(house: Runtime, boss: Person) -> Asked:
    query, wanted = await promoted_model(house, boss)
    await boss.ask(query, **wanted, op=str(uuid4()))
    return ROLL_BACK_MODEL, {"kind": "ANOMALY"}


async def answered_alarm(house: Runtime, boss: Person) -> Asked:
    del boss
    return ANSWER_ALARM, {"id": (await plant_alarm(house)).id, "answer": "CLOSE"}


async def retirement(house: Runtime, boss: Person) -> Asked:
    del boss
    card = await plant(house, f"old_{fresh_word()}", "The old fix of the old fault")
    return RETIRE, {"id": card.id, "expected": 1}


async def rejection(house: Runtime, boss: Person) -> Asked:
    del house
    made = await boss.create(content("A draft that nobody wanted"))
    return RETIRE, {"id": made["id"], "expected": 1}


async def verification(house: Runtime, boss: Person) -> Asked:
    del boss
    card = await plant(
        house, f"written_{fresh_word()}", "Written elsewhere", status=CardStatus.DRAFT
    )
    return VERIFY, {"id": card.id, "expected": 1}


async def creation(house: Runtime, boss: Person) -> Asked:
    del house, boss
    return CREATE, {"card": content("A draft that was asked for once")}


async def update(house: Runtime, boss: Person) -> Asked:
    del house
    made = await boss.create(content("A draft to be mended"))
    return UPDATE, {"id": made["id"], "expected": 1, "card": content("A draft, mended")}


async def merge(house: Runtime, boss: Person) -> Asked:
    del boss
    one = await plant(house, f"one_{fresh_word()}", "The lamp of the left side flickers")
    other = await plant(house, f"other_{fresh_word()}", "The left lamp flickers")
    return MERGE, {"id": one.id, "into": other.id, "expected": 1}


async def undoing(house: Runtime, boss: Person) -> Asked:
    query, wanted = await merge(house, boss)
    await boss.ask(query, **wanted, op=str(uuid4()))
    return UNDO, {"id": wanted["id"], "expected": 2}


async def rating(house: Runtime, boss: Person) -> Asked:
    del boss
    card = await plant(house, f"rated_{fresh_word()}", "Rated once")
    ticket = followed(card.id, True)
    await put(house, ticket)
    return GIVE, {"ticket": ticket.id, "said": {"card": card.id, "stars": 4}}


async def impressions(house: Runtime, boss: Person) -> Asked:
    del boss
    card = await plant(house, f"seen_{fresh_word()}", "Looked at once")
    ticket = solved("Shown one card")
    await put(house, ticket, cards=(card.id,))
    return SEEN, {"ticket": ticket.id, "seen": [{"card": card.id, "clicks": 2, "dwellMs": 900}]}


async def firmware(house: Runtime, boss: Person) -> Asked:
    del boss
    seen_on = VehicleContext(make="Novel Motors", model="N1", firmware="1.0")
    await plant(house, f"doubted_{fresh_word()}", "Reboots at noon", vehicles=(seen_on,))
    return test_feedback.FIRMWARE, {"firmware": "2.0"}


async def part(house: Runtime, boss: Person) -> Asked:
    del boss
    await house.vocabulary.load_parts([Part(id=f"lamp-{n}", name=f"Lamp {n}") for n in (1, 2)])
    plain = await plant(house, f"lamped_{fresh_word()}", "The lamp of the first kind goes out")
    using = replace(plain.resolution, parts=(PartUse(part="lamp-1"),))
    await house.cards.put(replace(plain, version=2, resolution=using), [], expected=1)
    return test_feedback.SUPERSEDE, {"part": "lamp-1", "by": "lamp-2"}


async def review(house: Runtime, boss: Person) -> Asked:
    del boss
    card = await plant(house, f"checked_{fresh_word()}", "To be looked at again")
    why = ReviewReason(kind=ReviewKind.RECHECK, reason="Somebody doubts it", at=datetime.now(UTC))
    await reviews.open_review(house.reviews, card, why)
    [entry] = await house.records.rows("select id from review where card = %(id)s", id=card.id)
    return test_feedback.CLOSE, {"id": entry["id"]}


async def report(house: Runtime, boss: Person) -> Asked:
    del house, boss
    return REPORT, {"report": {"text": "The horn is heard once"}}


async def at(house: Runtime, status: TicketStatus, version: int) -> Ticket:
    """Put a ticket into asha's hands that has come so far."""
    await house.technicians.register(Technician(id=ASHA, garage=PUNE))
    ticket = solved("On its way", version=version, status=status)
    if status not in {TicketStatus.RESOLVED, TicketStatus.CLOSED}:
        ticket = replace(ticket, outcome=None)
    if status is TicketStatus.OPEN:
        ticket = replace(ticket, assignee=None)
    await put(house, ticket)
    return ticket


def repairing(query: str, status: TicketStatus, version: int, **more: object) -> Change:
    """Give a verb of a repair, asked of a ticket that has come so far."""

    async def change(house: Runtime, boss: Person) -> Asked:
        del boss
        ticket = await at(house, status, version)
        return query, {"id": ticket.id, "n": version, **more}

    return change


async def deletion(house: Runtime, boss: Person) -> Asked:
    del boss
    ticket = await at(house, TicketStatus.RESOLVED, 4)
    return test_deletions.TICKET, {"id": ticket.id, "n": 4}


async def card_deletion(house: Runtime, boss: Person) -> Asked:
    del house
    made = await boss.create(content("A draft that is thrown away"))
    return test_deletions.CARDS, {"id": made["id"], "n": 1}


async def employee(house: Runtime, boss: Person) -> Asked:
    del boss
    key = await employed(house, f"kiran_{fresh_word()}", PUNE)
    who = {"id": key, "garage": PUNE}
    return test_employees.CREATE, {**who, "employee": test_employees.DETAILS}


async def employee_update(house: Runtime, boss: Person) -> Asked:
    query, wanted = await employee(house, boss)
    await boss.ask(query, **wanted, op=str(uuid4()))
    return test_employees.UPDATE, {"id": wanted["id"], "n": 1, "employee": {"salary": 100}}


async def employee_removal(house: Runtime, boss: Person) -> Asked:
    _, wanted = await employee_update(house, boss)
    return test_employees.REMOVE, {"id": wanted["id"], "n": 1}


async def technician(house: Runtime, boss: Person) -> Asked:
    del house, boss
    return REGISTER, {"who": {"id": "ravi", "garage": PUNE}}


async def bay(house: Runtime, boss: Person) -> Asked:
    del house, boss
    return test_jobs.BAY, {"bay": f"bay_{fresh_word()}", "garage": PUNE}


async def booking(house: Runtime, boss: Person) -> Asked:
    query, wanted = await bay(house, boss)
    await boss.ask(query, **wanted, op=str(uuid4()))
    ticket = await at(house, TicketStatus.ASSIGNED, 2)
    whole = {"ticket": ticket.id, "technician": ASHA, "bay": wanted["bay"]}
    return test_jobs.BOOK, {"job": whole | {"slot": test_jobs.slot(next(HOURS))}}


async def moving(house: Runtime, boss: Person) -> Asked:
    query, wanted = await booking(house, boss)
    made = await boss.ask(query, **wanted, op=str(uuid4()))
    return test_jobs.MOVE, {"id": made["job"]["key"], "n": 1, "slot": test_jobs.slot(next(HOURS))}


async def cancelling(house: Runtime, boss: Person) -> Asked:
    query, wanted = await booking(house, boss)
    made = await boss.ask(query, **wanted, op=str(uuid4()))
    return test_jobs.CANCEL, {"id": made["job"]["key"], "n": 1}


async def garage(house: Runtime, boss: Person) -> Asked:
    del house, boss
    profile = {"id": f"garage_{fresh_word()}", "name": "New", "place": "Pune"}
    return sign_in_door.GARAGE, {"profile": profile | {"hours": "Mon 09:00-18:00"}}


async def own_garage(house: Runtime, boss: Person) -> None:
    profile = {"id": PUNE, "name": "Pune", "place": "Pune", "hours": "Mon-Sat 09:00-18:00"}
    await boss.ask(sign_in_door.GARAGE, op=str(uuid4()), profile=profile)


async def held_to_shift(house: Runtime, boss: Person) -> Asked:
    await own_garage(house, boss)
    return sign_in_door.HOLD, {"garage": PUNE, "refused": False}


async def garage_settings(house: Runtime, boss: Person) -> Asked:
    await own_garage(house, boss)
    wanted = test_settings.garage_input(place="Pune, by the river")
    n = (await boss.ask(test_settings.GARAGE, garage=PUNE))["version"]
    return test_settings.CHANGE_GARAGE, {"garage": PUNE, "n": n, "settings": wanted}


async def network_settings(house: Runtime, boss: Person) -> Asked:
    del house
    n = (await boss.ask(test_settings.NETWORK))["version"]
    return test_settings.CHANGE_NETWORK, {"n": n, "settings": test_settings.NETWORK_INPUT}


async def invitation(house: Runtime, boss: Person) -> Asked:
    await own_garage(house, boss)
    named = {"name": "Ravi", "email": f"{fresh_word()}@example.org"}
    return sign_in_door.INVITE, {"person": named | {"duty": sign_in_door.duty()}}


async def newcomer(house: Runtime, boss: Person) -> str:
    query, wanted = await invitation(house, boss)
    return (await boss.ask(query, **wanted, op=str(uuid4())))["person"]["key"]


async def changed_role(house: Runtime, boss: Person) -> Asked:
    key = await newcomer(house, boss)
    duty = sign_in_door.duty(Role.ACCOUNTANT, department="Books")
    return sign_in_door.CHANGE, {"person": key, "expected": 1, "duty": duty}


async def suspension(house: Runtime, boss: Person) -> Asked:
    return sign_in_door.SUSPEND, {"person": await newcomer(house, boss), "expected": 1}


async def restoration(house: Runtime, boss: Person) -> Asked:
    query, wanted = await suspension(house, boss)
    await boss.ask(query, **wanted, op=str(uuid4()))
    return sign_in_door.RESTORE, wanted | {"expected": 2}


async def reset_factor(house: Runtime, boss: Person) -> Asked:
    return sign_in_door.RESET_FACTOR, {"person": await newcomer(house, boss)}


async def erased(house: Runtime, boss: Person) -> Asked:
    return test_personal_data.ERASE, {"person": await newcomer(house, boss)}


async def corrected(house: Runtime, boss: Person) -> Asked:
    right = {"name": "Ravi Rao", "email": f"{fresh_word()}@example.org"}
    return test_personal_data.CORRECT, {"person": await newcomer(house, boss), **right}


async def ended_session(house: Runtime, boss: Person) -> Asked:
    door = sign_in_door.Door(boss.client)
    await own_garage(house, boss)
    _, came = await sign_in_door.invited(boss, door)
    [found] = await boss.ask(sign_in_door.SESSIONS, person=came["person"])
    return sign_in_door.END, {"id": found["key"]}


async def new_key(house: Runtime, boss: Person) -> Asked:
    del house, boss
    order = {"partner": f"partner-{fresh_word()}", "name": "Fleet", "garages": [PUNE]}
    return test_api_keys.CREATE_WITHOUT_SECRET, {"key": order | {"scopes": ["READ_CARDS"]}}


async def old_key(house: Runtime, boss: Person) -> Asked:
    query, wanted = await new_key(house, boss)
    made = await boss.ask(query, **wanted, op=str(uuid4()))
    return test_api_keys.REVOKE, {"id": made["apiKey"]["key"]}


async def manifest(house: Runtime, boss: Person) -> Asked:
    del house, boss
    text = "query Cards { cards(first: 1) { edges { node { key usage { rating } } } } }"
    entry = {"name": "Cards", "text": text}
    return REGISTER_DOCUMENTS, {
        "manifest": {"partner": f"partner-{fresh_word()}", "documents": [entry]}
    }


async def other_rung(house: Runtime, boss: Person) -> Asked:
    query, wanted = await new_key(house, boss)
    made = await boss.ask(query, **wanted, op=str(uuid4()))
    return test_trusted_documents.RUNG, {"id": made["apiKey"]["key"], "rung": "ENFORCE"}


async def removed_documents(house: Runtime, boss: Person) -> Asked:
    query, wanted = await manifest(house, boss)
    made = await boss.ask(query, **wanted, op=str(uuid4()))
    ids = [one["key"] for one in made["documents"]]
    partner = wanted["manifest"]["partner"]
    return test_trusted_documents.REMOVE, {"partner": partner, "ids": ids}


async def request(house: Runtime, boss: Person) -> Asked:
    del house, boss
    return planted_files.ANNOUNCE, {"file": planted_files.announcement(fresh_word().encode())}


async def completion(house: Runtime, boss: Person) -> Asked:
    content = fresh_word().encode()
    named = await planted_files.announced(boss, content)
    await planted_files.send(house, named, content)
    return planted_files.COMPLETE, {"id": named}


def queued(deed: QueuedVerb, change: Change, **named: str) -> Change:
    """Give a change as a phone hands it in: each of its data under the name that a queue has."""

    async def handed(house: Runtime, boss: Person) -> Asked:
        _, asked = await change(house, boss)
        data = {named.get(name, name): value for name, value in asked.items()}
        return SYNC, {"operations": [record(deed.value, data)]}

    return handed


STEP = {"n": "expected_version"}
CARD = {"expected": "expected_version"}
ATTEMPT = repairing(
    test_repairs.ATTEMPT, TicketStatus.IN_PROGRESS, 3, attempt={"worked": False, "minutes": 5}
)
START = repairing(test_repairs.START, TicketStatus.ASSIGNED, 2)
RESOLVE = repairing(test_repairs.RESOLVE, TicketStatus.IN_PROGRESS, 3, outcome=OUTCOME)
CLOSE = repairing(test_repairs.CLOSE, TicketStatus.RESOLVED, 4, rating=5)
OF_CARDS = {
    "promoteCard": promotion,
    "retireCard": retirement,
    "retireCard of a draft": rejection,
    "verifyCard": verification,
    "updateCard": update,
    "mergeCards": merge,
    "undoMerge": undoing,
}
CHANGES: dict[str, Change] = OF_CARDS | {
    "requestUpload": request,
    "completeUpload": completion,
    "createCard": creation,
    "giveFeedback": rating,
    "recordImpressions": impressions,
    "announceFirmware": firmware,
    "supersedePart": part,
    "closeReview": review,
    "reportFailure": report,
    "assignTicket": repairing(test_repairs.ASSIGN, TicketStatus.OPEN, 1, to=ASHA),
    "startRepair": START,
    "recordAttempt": ATTEMPT,
    "resolveTicket": RESOLVE,
    "closeTicket": CLOSE,
    "reopenTicket": repairing(test_repairs.REOPEN, TicketStatus.CLOSED, 5),
    "deleteTicket": deletion,
    "deleteCard": card_deletion,
    "registerTechnician": technician,
    "createEmployee": employee,
    "updateEmployee": employee_update,
    "removeEmployee": employee_removal,
    "registerBay": bay,
    "bookJob": booking,
    "rescheduleJob": moving,
    "cancelJob": cancelling,
    "createGarage": garage,
    "holdGarageToShift": held_to_shift,
    "changeGarageSettings": garage_settings,
    "changeNetworkSettings": network_settings,
    "invitePerson": invitation,
    "changeRole": changed_role,
    "suspendPerson": suspension,
    "restorePerson": restoration,
    "erasePerson": erased,
    "correctPerson": corrected,
    "endSession": ended_session,
    "resetSecondFactor": reset_factor,
    "createApiKey": new_key,
    "revokeApiKey": old_key,
    "registerDocuments": manifest,
    "changeApiKeyRung": other_rung,
    "removeDocuments": removed_documents,
    "promoteModel": promoted_model,
    "rollBackModel": rolled_back_model,
    "answerDefectAlarm": answered_alarm,
}
DEEDS: dict[str, Change] = {
    QueuedVerb.REPORT_FAILURE: queued(QueuedVerb.REPORT_FAILURE, report),
    QueuedVerb.START_REPAIR: queued(QueuedVerb.START_REPAIR, START, **STEP),
    QueuedVerb.RECORD_ATTEMPT: queued(QueuedVerb.RECORD_ATTEMPT, ATTEMPT, **STEP),
    QueuedVerb.RESOLVE_TICKET: queued(QueuedVerb.RESOLVE_TICKET, RESOLVE, **STEP),
    QueuedVerb.CLOSE_TICKET: queued(QueuedVerb.CLOSE_TICKET, CLOSE, **STEP),
    QueuedVerb.RATE_CARD: queued(QueuedVerb.RATE_CARD, rating, ticket="id", said="feedback"),
    QueuedVerb.CREATE_CARD: queued(QueuedVerb.CREATE_CARD, creation),
    QueuedVerb.UPDATE_CARD: queued(QueuedVerb.UPDATE_CARD, update, **CARD),
}


async def written(house: Runtime) -> list[dict[str, Any]]:
    """Count what both stores hold, once all of it is told of in the log."""
    await told(house)
    held = await house.graph.read(
        "MATCH (n) RETURN count(n) AS nodes, sum(coalesce(n.version, 0)) AS versions, "
        "sum(COUNT {(n)-->()}) AS edges"
    )
    return held + await house.records.rows(
        "select (select count(*) from feedback_version) as said,"
        " (select count(*) from change_log) as told,"
        " (select sum(clicks) from impression) as clicks,"
        " (select sum(dwell_ms) from impression) as dwelt,"
        " (select count(*) from card_edit) as edits,"
        " (select max(closed_at) from review) as looked,"
        " (select sum(version) from employee) as employed,"
        " (select sum(version + rights) from person) as people,"
        " (select count(*) from garage) as garages, (select count(*) from invitation) as words,"
        " (select max(ended_at) from session) as ended,"
        " (select count(*) from stored_file) as files,"
        " (select sum(length) from stored_file) as kept,"
        " (select count(*) from api_key) as keys,"
        " (select count(*) from trusted_document) as documents,"
        " (select count(*) from model_turn) as turns,"
        " (select count(*) from defect_alarm where closed_at is not null) as answered,"
        " (select max(revoked_at) from api_key) as revoked"
    )


async def forgotten(house: Runtime, op: str) -> None:
    """Forget an operation, as if who answers had died before it was remembered."""
    async with house.records.transaction() as connection:
        await connection.execute("delete from operation where id = %(id)s", {"id": op})


def test_every_verb_is_asked_here() -> None:
    verbs = build_schema(PRINTED.read_text(encoding="utf-8")).mutation_type
    assert verbs is not None
    # Whoever signed out is not let in to ask again; tests/web/test_passkeys.py has a device.
    others = BOOKS | {"syncOperations", "signOut", "registerPasskey", "removePasskey"}
    assert {name.split()[0] for name in CHANGES} | others == {*verbs.fields}
    # A price of a client is not used, and a shelf is a book.
    assert DEEDS.keys() | {QueuedVerb.SET_PRICE, QueuedVerb.ADJUST_STOCK} == set(QueuedVerb)


@pytest.mark.parametrize("verb", [*CHANGES, *DEEDS])
async def test_a_lost_answer_is_given_again(house: Runtime, somebody: Somebody, verb: str) -> None:
    boss = somebody(Role.ADMIN, PUNE)
    query, wanted = await (CHANGES | DEEDS)[verb](house, boss)
    op = wanted["operations"][0]["operation_id"] if verb in DEEDS else str(uuid4())
    first = await boss.ask(query, **wanted, op=op)
    assert "message" not in first
    assert verb not in DEEDS or first["answers"][0]["state"] == "APPLIED"
    before = await written(house)
    await forgotten(house, op)
    assert await boss.ask(query, **wanted, op=op) == first
    assert await written(house) == before


@pytest.mark.parametrize("verb", OF_CARDS)
async def test_somebody_else_hears_that_it_was_done(
    house: Runtime, somebody: Somebody, verb: str
) -> None:
    query, wanted = await OF_CARDS[verb](house, boss := somebody(Role.ADMIN, PUNE))
    await boss.ask(query, **wanted, op=str(uuid4()))
    before = await written(house)
    stranger = somebody(Role.ADMIN, PUNE, name="another_admin")
    refused = await stranger.ask(query, **wanted, op=str(uuid4()))
    assert refused["__typename"] in {"StaleVersion", "IllegalTransition"}
    assert await written(house) == before


async def test_a_repeat_is_answered_as_it_was_then(house: Runtime, somebody: Somebody) -> None:
    """Whatever was done since, and whether its operation is remembered or not."""
    boss = somebody(Role.ADMIN, PUNE)
    hold, wanted = await held_to_shift(house, boss)
    create, order = await new_key(house, boss)
    named = (await boss.ask(create, **order, op=(made := str(uuid4()))))["apiKey"]["key"]
    since: list[tuple[Asked, str, Asked]] = [
        ((hold, wanted), str(uuid4()), (hold, wanted | {"refused": True})),
        ((create, order), made, (test_api_keys.REVOKE, {"id": named})),
    ]
    for (query, given), op, (other, then) in since:
        first = await boss.ask(query, **given, op=op)
        assert "message" not in await boss.ask(other, **then, op=str(uuid4()))
        before = await written(house)
        assert await boss.ask(query, **given, op=op) == first
        await forgotten(house, op)
        assert await boss.ask(query, **given, op=op) == first
        assert await written(house) == before
    longer = {"key": order["key"] | {"days": 91}}
    await forgotten(house, made)
    refused = await boss.ask(create, **longer, op=made)
    assert refused["__typename"] == "OperationConflict"


async def test_what_another_cancelled_is_gone(house: Runtime, somebody: Somebody) -> None:
    boss, stranger = somebody(Role.ADMIN, PUNE), somebody(Role.ADMIN, PUNE, name="another_admin")
    book, job = await booking(house, boss)
    op = str(uuid4())
    made = await boss.ask(book, **job, op=op)
    gone = {"id": made["job"]["key"], "n": 1}
    await boss.ask(test_jobs.CANCEL, **gone, op=str(uuid4()))
    await forgotten(house, op)
    before = await written(house)
    assert await stranger.ask(test_jobs.CANCEL, **gone, op=op) == {"__typename": "NotFound"}
    # Nor is it booked again by whoever did not hear that it had been.
    assert await boss.ask(book, **job, op=op) == {"__typename": "NotFound"}
    assert await written(house) == before


async def test_another_job_under_the_same_key_is_refused(
    house: Runtime, somebody: Somebody
) -> None:
    boss = somebody(Role.ADMIN, PUNE)
    book, job = await booking(house, boss)
    _, other = await booking(house, boss)
    op = str(uuid4())
    await boss.ask(book, **job, op=op)
    await forgotten(house, op)
    before = await written(house)
    refused = await boss.ask(book, **other, op=op)
    assert refused["__typename"] == "OperationConflict"
    assert await written(house) == before
