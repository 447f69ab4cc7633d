"""Each write of the API leaves exactly one event for each thing that it changed, or is not done."""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from psycopg.sql import SQL, Identifier
from redis.asyncio import Redis

from domain.events import EventType
from graph import outbox
from graph.database import Graph
from records.database import Records
from tests.empty_stores import TABLES, empty_graph, empty_records
from tests.journeys.conftest import Somebody, emptied_redis
from tests.journeys.working_day import DAY, MUTATIONS, Deed, open_garage
from tests.records.test_service_account import serving_records
from web.local.stores import StoreUrls
from web.wiring import Runtime

pytestmark = pytest.mark.journey
# What is to be known elsewhere, by the store that it is written to.
IN_GRAPH: Mapping[str, tuple[EventType, ...]] = {
    "announceFirmware": (EventType.CARD_RECHECK,),
    "assignTicket": (EventType.TICKET_UPDATED,),
    "closeTicket": (EventType.TICKET_CLOSED,),
    "createCard": (EventType.CARD_CREATED,),
    "deleteCard": (EventType.CARD_DELETED,),
    "deleteTicket": (EventType.TICKET_DELETED,),
    "mergeCards": (EventType.CARD_MERGED,),
    "promoteCard": (EventType.CARD_UPDATED,),
    "recordAttempt": (EventType.TICKET_UPDATED,),
    "reopenTicket": (EventType.TICKET_REOPENED,),
    "reportFailure": (EventType.TICKET_CREATED,),
    "resolveTicket": (EventType.TICKET_RESOLVED,),
    "retireCard": (EventType.CARD_RETIRED,),
    "startRepair": (EventType.TICKET_UPDATED,),
    "supersedePart": (EventType.CARD_RECHECK,),
    "syncOperations": (EventType.TICKET_CREATED,),
    "undoMerge": (EventType.CARD_UPDATED,),
    "updateCard": (EventType.CARD_UPDATED,),
    "verifyCard": (EventType.CARD_VERIFIED,),
}
IN_RECORDS: Mapping[str, tuple[EventType, ...]] = {
    **dict.fromkeys(
        ("changeRole", "erasePerson", "suspendPerson", "restorePerson"),
        (EventType.PERSON_CHANGED,),
    ),
    "giveFeedback": (EventType.FEEDBACK_GIVEN,),
    "issueCreditNote": (EventType.CREDIT_NOTE_ISSUED,),
    "recordAdvance": (EventType.PAYMENT_RECORDED,),
    "recordImpressions": (EventType.FEEDBACK_OBSERVED,),
    "recordPayment": (EventType.PAYMENT_RECORDED,),
    "refundPayment": (EventType.PAYMENT_RECORDED,),
    # Its customer could not be told of it before.
    "registerInvoice": (EventType.NOTIFICATION_SEND,),
    "voidInvoice": (EventType.INVOICE_VOIDED,),
}
# An invoice is three writes: the document, the mark on its ticket, the word for its customer.
IN_BOTH: Mapping[str, tuple[EventType, ...]] = {
    "issueInvoice": (
        EventType.INVOICE_ISSUED,
        EventType.NOTIFICATION_SEND,
        EventType.TICKET_UPDATED,
    )
}
# What stays in its garage, or is read where it is needed: nobody is told of it.
UNTOLD = frozenset(
    {
        "adjustStock",
        "answerDefectAlarm",
        "bookJob",
        "cancelJob",
        "changeApiKeyRung",
        "changeCustomer",
        "changeGarageSettings",
        "changeNetworkSettings",
        "changeVehicle",
        "closeMonth",
        "completeUpload",
        "closeReview",
        "closeTill",
        "correctPerson",
        "createGarage",
        "createApiKey",
        "createCustomer",
        "createEmployee",
        "createVehicle",
        "deleteDraft",
        "editDraft",
        "endSession",
        "eraseCustomer",
        "exportSalesReturn",
        "holdGarageToShift",
        "invitePerson",
        "nominate",
        "promoteModel",
        "recordConsent",
        "registerBay",
        "registerDocuments",
        "registerPasskey",
        "registerTechnician",
        "requestUpload",
        "removeDocuments",
        "removeEmployee",
        "removePasskey",
        "reopenTill",
        "rescheduleJob",
        "resetSecondFactor",
        "revokeApiKey",
        "rollBackModel",
        "setBillingSettings",
        "setPrice",
        "signOut",
        "updateEmployee",
    }
)
TOLD = {**IN_GRAPH, **IN_RECORDS, **IN_BOTH, **dict.fromkeys(UNTOLD, ())}
EVENTS = "MATCH (e:Event) RETURN e.id AS id, e.type AS type, e.entity AS entity, e.version AS n"
LEFT = "select id, type, entity, version as n from outbox"
VERSIONS = """MATCH (v:CardVersion) RETURN v.card AS entity, v.n AS n
UNION MATCH (t:Ticket) RETURN t.id AS entity, t.version AS n"""
# Where somebody works just now, not what was written.
AT_WORK = ["migration", "operation", "saga", "ticket_lease", "lease"]


@pytest.fixture(scope="module")
async def clients(
    stores: StoreUrls, opened_graph: Graph, opened_records: Records
) -> AsyncGenerator[tuple[Graph, Records, Redis]]:
    """As in production: PostgreSQL by the account that serves, which owns no table."""
    await empty_graph(opened_graph)
    await empty_records(opened_records)
    async with (
        serving_records(opened_records, stores) as serving,
        emptied_redis(stores.redis_url) as redis,
    ):
        yield opened_graph, serving, redis


@pytest.mark.row("FI-3")
async def test_each_write_leaves_one_event_or_is_not_done(
    house: Runtime, somebody: Somebody, opened_records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    garage = await open_garage(house, somebody)
    for deed in DAY:
        if deed.before is not None:
            await deed.before(garage)
        before = await _events(house)
        if deed.verb in IN_GRAPH or deed.verb in IN_RECORDS:
            stands = await _written(house)
            async with _no_event_can_be_left(opened_records, deed, monkeypatch):
                failed = await deed.done(garage)
            assert "INTERNAL" in str(failed), (deed.verb, failed)
            assert await _written(house) == stands, deed.verb
        things = await _things(house)
        answer = await deed.done(garage)
        assert _succeeded(deed, answer), (deed.verb, answer)
        new = {key: event for key, event in (await _events(house)).items() if key not in before}
        kinds = tuple(sorted(event["type"] for event in new.values()))
        assert kinds == tuple(sorted(TOLD[deed.verb])), (deed.verb, new)
        changed = Counter((await _things(house)) - things)
        told = Counter((event["entity"], event["n"]) for event in new.values())
        assert {thing: told[thing] for thing in changed} == dict(changed), (deed.verb, new)
        facts = Counter((event["type"], event["entity"], event["n"]) for event in new.values())
        assert set(facts.values()) <= {1}, (deed.verb, new)


@pytest.mark.row("FI-3")
def test_day_leaves_no_mutation_out() -> None:
    assert {deed.verb for deed in DAY} == MUTATIONS.keys() == TOLD.keys()


def _succeeded(deed: Deed, answer: dict[str, Any]) -> bool:
    data: dict[str, Any] = answer.get("data") or {}
    return "errors" not in answer and data[deed.verb]["__typename"] not in deed.refusals


@asynccontextmanager
async def _no_event_can_be_left(
    owner: Records, deed: Deed, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[None]:
    """The store of the deed refuses every event: what wrote beside it must go with it."""
    if deed.verb in IN_GRAPH:
        with monkeypatch.context() as patch:
            # A map is no value of a property: the server refuses the statement.
            row = outbox._event_row  # pyright: ignore[reportPrivateUsage]
            patch.setattr(outbox, "_event_row", lambda event: row(event) | {"trace": {"no": {}}})  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
            yield
        return
    await _change(owner, "alter table outbox add constraint refused check (false) not valid")
    try:
        yield
    finally:
        await _change(owner, "alter table outbox drop constraint refused")


async def _change(owner: Records, statement: Any) -> None:  # noqa: ANN401 - a literal
    async with owner.transaction() as connection:
        await connection.execute(statement)


async def _events(house: Runtime) -> dict[str, dict[str, Any]]:
    """Give all events that wait in both outboxes; no relay runs here."""
    found = await house.graph.read(EVENTS) + await house.records.rows(LEFT)
    return {row["id"]: row for row in found}


async def _things(house: Runtime) -> set[tuple[str, int]]:
    """Give every card and ticket with each version of it that there is."""
    return {(row["entity"], row["n"]) for row in await house.graph.read(VERSIONS)}


async def _written(house: Runtime) -> tuple[Any, dict[str, int]]:
    """Count nodes, edges and rows, and sum up the versions."""
    graph = await house.graph.read(
        "MATCH (n) RETURN count(n) AS nodes, sum(coalesce(n.version, 0)) AS versions,"
        " COUNT { ()-->() } AS edges"
    )
    async with house.records.transaction() as connection:
        tables = await (await connection.execute(TABLES, [AT_WORK])).fetchall()
        counts: dict[str, int] = {}
        for table in tables:
            query = SQL("select count(*) as n from {}").format(Identifier(table["name"]))
            [row] = await (await connection.execute(query)).fetchall()
            counts[table["name"]] = row["n"]
    return graph, counts
