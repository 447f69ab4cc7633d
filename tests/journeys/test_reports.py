"""A report comes in: a ticket, a search that runs by itself, cards or a draft, and who is told."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from domain.access import Role
from domain.events import EventType
from domain.ids import TicketId
from ingest.lexicon import Lexicon
from repair.suggestions import SuggestionPorts, suggest_cards
from tests.domain.samples import NOW
from tests.journeys.conftest import Somebody
from tests.journeys.people import PUNE, content
from tests.journeys.sockets import READY, subscribed
from tests.waits import eventually
from tests.web.live_server import served
from web.server import build_application, run_background
from web.wiring import Runtime

pytestmark = pytest.mark.journey
STRANGE = "Purple moss grows on the sun visor after each eclipse"
KNOWN = "Scooter switches off on full lock, dashboard shows E631"
TICKET = """query ($id: ID!) { ticket(id: $id) {
  key status text noMatch matching assignee garage { key } reporter
  errorCodes { key } symptoms { code confidence }
  draft { key status title visibility { everyone garages { key } } ticket { key } }
  suggestions { state cards { rank score ranker card { key cause { primary confidence } } } } } }"""
TICKETS = "query ($status: TicketStatus) { tickets(status: $status) { edges { node { key } } } }"
REQUIRED = """{ __schema { mutationType { fields { name args { name type { ...deep }
  defaultValue } } } types { name inputFields { name defaultValue type { ...deep } } } } }
fragment deep on __Type { kind name ofType { kind name ofType { kind name } } }"""


@pytest.fixture(scope="module", autouse=True)
async def _at_work(house: Runtime) -> AsyncGenerator[None]:  # pyright: ignore[reportUnusedFunction]
    """The relay, the feed and the handlers run beside these tests; the reader has learnt."""
    before = house.reader.lexicon

    async def lexicon() -> Lexicon:
        return house.reader.lexicon

    async with run_background(house):
        await eventually(lexicon, lambda now: now is not before and now.examples is not None)
        yield


@pytest.mark.row("EX-1", "PI-3", "GA-1")
async def test_an_unknown_failure_founds_a_draft(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    made = await asha.report(STRANGE)
    assert (made["status"], made["assignee"]) == ("ASSIGNED", "asha")

    found = await eventually(
        lambda: asha.ask(TICKET, id=made["id"]), lambda t: t["matching"] != "PENDING"
    )

    assert found == {
        "key": made["key"],
        "status": "ASSIGNED",
        "text": STRANGE,
        "noMatch": True,
        "matching": "NONE",
        "assignee": "asha",
        "garage": {"key": PUNE},
        "reporter": "asha",
        "errorCodes": [],
        "symptoms": [],
        "draft": {
            "key": f"fc_{made['key'].removeprefix('tkt_')}",
            "status": "DRAFT",
            "title": STRANGE,
            "visibility": {"everyone": False, "garages": [{"key": PUNE}]},
            "ticket": {"key": made["key"]},
        },
        "suggestions": {"state": "NONE", "cards": []},
    }
    listed = await asha.ask(TICKETS, status="ASSIGNED")
    assert made["key"] in [edge["node"]["key"] for edge in listed["edges"]]


@pytest.mark.row("EX-5", "EX-1")
async def test_a_report_calls_its_reporter_back(house: Runtime, somebody: Somebody) -> None:
    meera = somebody(Role.TECHNICIAN, name="meera")
    async with served(build_application(house)) as place:
        made = await meera.report(KNOWN, vehicle={"make": "Ather", "model": "450X"})
        assert made["matching"] == "PENDING"
        async with subscribed(place, meera.token, READY, ticket=made["id"]) as socket:
            told = await socket.next()
    assert (told["matching"], told["noMatch"], told["draft"]) == ("FOUND", False, None)
    assert told["suggestions"]["state"] == "FOUND"
    first = told["suggestions"]["cards"][0]
    assert (first["rank"], first["ranker"]) == (1, "evidence-1")
    assert first["card"]["key"] == "fc_ather_450x_harness_chafe_head"


async def test_a_ticket_created_event_reaches_the_log(house: Runtime, somebody: Somebody) -> None:
    start = await house.change_log.last()
    made = await somebody().report(KNOWN)

    async def told() -> list[EventType]:
        entries = await house.change_log.after(start, 100)
        return [event.type for _, event in entries if event.entity == made["key"]]

    types = await eventually(told, lambda types: len(types) == 2)
    assert types == [EventType.TICKET_CREATED, EventType.CARD_MATCHED]


async def test_a_report_is_read_and_explained(somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    said = "Headlight goes dim when the indicator blinks, no error light; code E631 came once"
    made = await asha.report(said, vehicle={"make": "Ather", "model": "450X"})
    found = await eventually(
        lambda: asha.ask(TICKET, id=made["id"]), lambda t: t["matching"] != "PENDING"
    )
    assert found["errorCodes"] == [{"key": "ather:E631"}]
    assert found["symptoms"][0]["code"] == "SYM_ELEC_003"
    assert 0.5 < found["symptoms"][0]["confidence"] <= 1
    causes = [card["card"]["cause"] for card in found["suggestions"]["cards"]]
    assert all(cause["primary"] for cause in causes)
    assert [0 < cause["confidence"] <= 1 for cause in causes] == [True] * len(causes)
    assert 1 <= len(causes) <= 5


@pytest.mark.row("PI-3")
async def test_a_repeated_search_founds_one_draft(house: Runtime, somebody: Somebody) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    made = await asha.report(f"{STRANGE}, twice")
    await eventually(lambda: asha.ask(TICKET, id=made["id"]), lambda t: t["matching"] != "PENDING")
    needed = SuggestionPorts(
        tickets=house.tickets, cards=house.cards, reader=house.reader, matcher=house.matcher
    )

    again = [suggest_cards(needed, TicketId(made["key"]), NOW) for _ in range(5)]
    assert {t.matching for t in await asyncio.gather(*again)} == {"none"}

    drafts = await house.graph.read(
        "MATCH (c:FailureCard) WHERE c.title STARTS WITH $title RETURN c.id AS id, c.version AS n",
        title=f"{STRANGE}, twice",
    )
    assert drafts == [{"id": f"fc_{made['key'].removeprefix('tkt_')}", "n": 1}]


@pytest.mark.row("PI-1")
async def test_few_fields_are_required(somebody: Somebody) -> None:
    schema = await somebody(Role.ADMIN, None).ask(REQUIRED)
    types = {t["name"]: t["inputFields"] for t in schema["types"]}
    verbs = {f["name"]: f["args"] for f in schema["mutationType"]["fields"]}

    def required(fields: list[dict[str, object]]) -> list[str]:
        found: list[str] = []
        for field in fields:
            kind = field["type"]
            assert isinstance(kind, dict)
            if kind["kind"] == "NON_NULL" and field["defaultValue"] is None:
                inner = types.get(kind["ofType"]["name"])
                found += required(inner) if inner else [str(field["name"])]
        return found

    assert sorted(required(verbs["reportFailure"])) == ["operationId"]
    assert sorted(required(verbs["createCard"])) == [
        "operationId",
        "primary",
        "text",
        "title",
        "type",
    ]


@pytest.mark.row("PI-1")
@pytest.mark.parametrize("photos", [0, 1, 12])
async def test_a_card_carries_its_photos(somebody: Somebody, photos: int) -> None:
    asha = somebody(Role.TECHNICIAN, name="asha")
    taken = [{"key": f"cards/{n}.jpg", "sha256": f"{n:064x}"} for n in range(photos)]
    made = await asha.create(content("Seen with a camera", evidence={"photos": taken}))
    query = "query ($id: ID!) { card(id: $id) { evidence { photos { key sha256 } } } }"
    assert await asha.ask(query, id=made["id"]) == {"evidence": {"photos": taken}}


@pytest.mark.row("GA-1")
async def test_tickets_are_listed_by_state(somebody: Somebody) -> None:
    desk = somebody(Role.CUSTOMER_SUPPORT, name="desk")
    opened = await desk.report("Battery icon blinks after rain")
    mine = await somebody(Role.TECHNICIAN, name="ravi").report("Battery icon blinks after rain")

    async def keys(status: str) -> set[str]:
        found = await desk.ask(TICKETS, status=status)
        return {edge["node"]["key"] for edge in found["edges"]}

    assert opened["status"] == "OPEN"
    assert opened["key"] in await keys("OPEN")
    assert mine["key"] in await keys("ASSIGNED")
    assert await keys("CLOSED") == set()
    other = somebody(Role.TECHNICIAN, name="stranger")
    assert await other.ask(TICKET, id=mine["id"]) is None
