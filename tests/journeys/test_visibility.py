"""Every type by every way gives the same verdict: five roles of two garages walk the whole schema.

Each garage has secrets that nothing else says (`planted_secrets`). Whoever asks, by every root
field and every edge, gets to read exactly the secrets that the permission matrix lets them know:
not one more, and (so that the walk itself is proved) not one less. And whichever way leads to a
thing, each of its fields says the same.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple, cast
from uuid import uuid4

import httpx
import pytest
from graphql import GraphQLField, GraphQLObjectType
from pypdf import PdfReader

from billing.gst.law_dates import law_day
from domain.access import Actor, Role
from domain.api_keys import KeyScope
from domain.ids import GarageId, PersonId
from domain.technicians import Technician
from domain.trusted_documents import OWN, ManifestEntry, document_id
from domain.vehicles import VehicleModel
from domain.vocabulary import Part
from records.trusted_documents import TrustedDocumentStore
from resolvers.api import build_api
from resolvers.context import RequestContext, StreamPosition
from resolvers.guards import guard_of
from schema.nodes import global_id
from sync.delta_cursors import DeltaPosition as LogPlace
from tests.journeys import schema_walk
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE
from tests.journeys.planted_secrets import (
    OPENED_BY,
    WORDS,
    Planted,
    known_to,
    known_to_machine,
    planted,
    technician,
    with_words,
)
from tests.journeys.queue_records import told
from tests.journeys.schema_walk import API, Question, call_of, filled, members, questions
from tests.journeys.stored_counts import stored_counts
from tests.journeys.test_api_keys import CREATE_KEY
from tests.journeys.test_deletions import TICKET as DELETE
from tests.journeys.test_repairs import ASSIGN
from tests.sizes import every_second_is_long
from web.asgi import GRAPHQL
from web.audit import operators_change
from web.server import build_services
from web.wiring import Runtime

pytestmark = pytest.mark.journey
RUN = build_api(introspection=False)
# The texts that were read.
HELD = set[str]()
DEPTH = 7
# What one id leads to, and a hundred changes; lists lead on to everything from there.
NEAR = 3
NEVER = 99
# So many things each field is asked for by the ids of documents, at most twice as many.
SOME = 4
WALKERS = "walkers"
GIVEN = "qzgivenawayzq"
SECRET = re.compile(r"zq(?:pune|delhi)[a-z]+qz")
# The id of something else than what the field's guard names.
BY_NAME = {
    "customer": "customer",
    "changeCustomer": "customer",
    "vehicle": "vehicle",
    "changeVehicle": "vehicle",
    "completeUpload": "file",
}
OTHER_IDS = frozenset({"closeReview", "rescheduleJob", "cancelJob", "node"})
LINK = re.compile(r"/v1/invoices/[\w.]+\?[\w=&]+")
FILE = re.compile(r"/v1/files/\w+\?[\w=&]+")
# A link is signed anew each time, until another second.
SIGNED = re.compile(r"expires=\d+|signature=\w+")
# What is the same thing on whichever way one comes to it.
LISTS = ("cards", "tickets", "invoices", "drafts")
KNOWN_AGAIN = {"Employee", "Customer", "CustomerVehicle"} | {
    kind.name
    for kind in API.type_map.values()
    if isinstance(kind, GraphQLObjectType) and "Node" in {one.name for one in kind.interfaces}
}
Given = Mapping[str, object]


class Asker:
    """Somebody who asks for everything, and all that they were answered."""

    def __init__(self, house: Runtime, door: httpx.AsyncClient, actor: Actor) -> None:
        self.actor = actor
        self._house = house
        self._door = door
        self.heard: list[str] = []
        # Of each thing that has an id, and each of its fields, what was answered on any way to it.
        self.verdicts: dict[tuple[str, str, object], dict[str, set[str]]] = {}

    async def ask(self, question: Question) -> None:
        document, variables = question.text, dict(question.variables)
        _read_once(document)
        found = await RUN.execute(document, variables, context_value=self._context())
        codes = {(e.extensions or {}).get("code") for e in found.errors or []}
        assert codes <= {"NOT_ALLOWED", "NOT_FOUND", "INVALID_INPUT"}, (document, found.errors)
        self._note(found.data)
        await self._hear(f"{found.data} {found.errors}")

    async def ask_by_id(self, question: Question, token: str) -> None:
        """Ask what is registered, by its id alone and over the door."""
        document, variables = question.text, dict(question.variables)
        sent = {"documentId": f"sha256:{document_id(document)}", "variables": variables}
        headers = {"authorization": f"Bearer {token}"}
        found = (await self._door.post(GRAPHQL, json=sent, headers=headers)).json()
        codes = {error["extensions"].get("code") for error in found.get("errors", [])}
        assert codes <= {"NOT_ALLOWED", "NOT_FOUND", "INVALID_INPUT"}, (document, found)
        await self._hear(f"{found}")

    async def follow(self, question: Question, until: int, after: int = 0) -> None:
        place = StreamPosition(seq=after, until=until)
        variables = dict(question.variables)
        results = await RUN.stream(question.text, variables, context_value=self._context(place))
        async with aclosing(cast("AsyncGenerator[Any]", results)) as answers:
            async for answer in answers:
                self._note(answer.data)
                await self._hear(f"{answer.data} {answer.errors}")

    async def told(self, operation: str, name: str, root: GraphQLField, given: Given) -> str:
        """Ask one field and give what was said, with what was named taken out."""
        refuses = any(m.name == "NotFound" for m in members(root))
        shape = "{ __typename ... on Refusal { message } }" if refuses else "{ __typename }"
        document = f"{operation} {{ it: {name}{filled(root, given)} {shape} }}"
        found = await RUN.execute(document, context_value=self._context())
        answer = f"{found.data} {[(e.message, e.extensions) for e in found.errors or []]}"
        for named in given.values():
            answer = answer.replace(str(named), "ID")
        return answer

    async def _hear(self, answer: str) -> None:
        self.heard.append(with_words(answer))
        for link in FILE.findall(answer):
            self.heard.append(with_words((await self._door.get(link)).text))
        for link in LINK.findall(answer):
            page = await self._door.get(link)
            pages = PdfReader(BytesIO(page.content)).pages
            # Long words may be broken where a line ends.
            self.heard.append("".join("".join(p.extract_text().split()) for p in pages))

    def _context(self, place: StreamPosition | None = None) -> RequestContext:
        given = build_services(self._house)
        return RequestContext(services=given, trace="walk", signed_in=self.actor, position=place)

    def _note(self, answered: object) -> None:
        """Keep what each thing was answered as, at every depth."""
        if isinstance(answered, list):
            for one in cast("list[object]", answered):
                self._note(one)
        elif isinstance(answered, dict):
            thing = cast("dict[str, object]", answered)
            if (kind := str(thing.get("__typename"))) in KNOWN_AGAIN:
                which = kind, str(thing["key"]), thing.get("version")
                kept = self.verdicts.setdefault(which, {})
                for name, said in thing.items():
                    if not isinstance(said, dict | list):
                        kept.setdefault(name, set()).add(SIGNED.sub("", str(said)))
            for one in thing.values():
                self._note(one)

    @property
    def unlike(self) -> dict[str, set[str]]:
        """Give the fields that were answered in two ways, by the way that led to their thing."""
        return {
            f"{thing} {name}": said
            for thing, kept in self.verdicts.items()
            for name, said in kept.items()
            if len(said) > 1
        }

    @property
    def secrets(self) -> set[str]:
        return {word.replace("\u200b", "") for word in SECRET.findall(" ".join(self.heard))}


def _read_once(document: str) -> None:
    """Have a text read and checked for all who ask it: most of what the walk costs."""
    if document not in HELD:
        HELD.add(document)
        RUN.documents.adopt(RUN.documents.read_now(document, {}))


@pytest.fixture(scope="module", autouse=True)
def _held() -> Generator[None]:  # pyright: ignore[reportUnusedFunction]
    yield
    while HELD:
        RUN.documents.let_go(HELD.pop())


class Walk(NamedTuple):
    """What is asked about, and the changes that all ask for."""

    garages: list[Planted]
    stale: list[Question]


@pytest.fixture(scope="module")
def walk(garages: list[Planted]) -> Walk:
    return Walk(garages, [*_stale_changes(garages)])


@pytest.fixture(scope="module")
async def garages(house: Runtime, somebody: Somebody) -> AsyncGenerator[list[Planted]]:
    """Two garages with their secrets, and the feed that tells of their changes."""
    model = VehicleModel(make="Ather", model="450X", year=2024)
    await house.vocabulary.load_vehicles([model])
    part = Part(id="controller", name="Motor controller", hsn="85371000", fits=(model.id,))
    await house.vocabulary.load_parts([part])
    made = [await planted(house, somebody, garage) for garage in (PUNE, DELHI)]
    await told(house)
    feed = asyncio.create_task(house.feed.run())
    yield made
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)


def actor_of_role(role: Role, garage: GarageId) -> Actor:
    name = technician(garage) if role is Role.TECHNICIAN else f"{role}_{garage}"
    return Actor(id=PersonId(name), role=role, garage=garage)


# Administrators first: what they read is kept, and must not be told to others from there.
ASKERS = [
    (role, garage)
    for n, role in enumerate(Role)
    for garage in ((PUNE, DELHI) if n % 2 else (DELHI, PUNE))
]


@pytest.mark.row("AZ-6", "CA-33")
@pytest.mark.parametrize("asking", every_second_is_long(ASKERS))
async def test_everybody_reads_what_is_theirs_and_no_more(
    house: Runtime,
    door: httpx.AsyncClient,
    walk: Walk,
    asking: tuple[Role, GarageId],
    record_property: Callable[[str, object], None],
) -> None:
    garages, stale = walk
    role, garage = asking
    asker = Asker(house, door, actor_of_role(role, garage))
    for document in _questions(house, garages, garage):
        await asker.ask(document)
    for document in stale:
        await asker.ask(document)
    head = await house.change_log.last()
    for document in _subscriptions(garages):
        await asker.follow(document, head)
    record_property("leaks", len(asker.secrets - known_to(asker.actor)))
    assert asker.secrets == known_to(asker.actor)
    assert len(asker.verdicts) > len(asker.secrets)
    assert asker.unlike == {}


@pytest.fixture(scope="module")
async def registered(house: Runtime, garages: list[Planted]) -> list[Question]:
    """Documents that ask for all of it, of our own front ends and of a partner, by id."""
    asked = [*_questions(house, garages, PUNE, deep=False)]
    texts = dict.fromkeys(question.text for question in asked)
    entries = [ManifestEntry(name=f"Q{n}", text=text) for n, text in enumerate(texts)]
    store, now = TrustedDocumentStore(house.records, house.audit.writer), datetime.now(UTC)
    for partner in (OWN, WALKERS):
        read = await RUN.manifests.read(partner, entries, PersonId("boss"), now)
        await store.register(partner, read, operators_change(now))
    return asked


@pytest.mark.row("AZ-6", "EX-7")
@pytest.mark.parametrize("role", every_second_is_long([*Role]))
async def test_ids_of_documents_tell_what_their_texts_tell(
    house: Runtime,
    door: httpx.AsyncClient,
    registered: list[Question],
    role: Role,
    record_property: Callable[[str, object], None],
) -> None:
    by_text, by_id = (Asker(house, door, actor_of_role(role, PUNE)) for _ in range(2))
    token = house.tokens.mint(by_id.actor, datetime.now(UTC), timedelta(hours=1))
    for document in registered:
        await by_text.ask(document)
        await by_id.ask_by_id(document, token)
    record_property("leaks", len(by_id.secrets - known_to(by_id.actor)))
    assert by_id.secrets == by_text.secrets <= known_to(by_id.actor)
    assert by_id.secrets


@pytest.mark.row("AU-3", "AZ-6", "EX-7")
async def test_a_key_reads_what_its_scopes_open(
    house: Runtime,
    door: httpx.AsyncClient,
    registered: list[Question],
    somebody: Somebody,
    record_property: Callable[[str, object], None],
) -> None:
    """A machine has no bench and bills nobody; no scope opens people, or what is said of them."""
    boss = somebody(Role.ADMIN, None, name="boss")
    read: dict[str, set[str]] = {}
    for scopes in ([*KeyScope], *([scope] for scope in OPENED_BY)):
        order = {"partner": WALKERS, "name": "Walks", "garages": [PUNE]}
        order |= {"scopes": [scope.name for scope in scopes]}
        made = await boss.ask(CREATE_KEY, key=order, op=str(uuid4()))
        asker = Asker(house, door, boss.actor)
        for document in registered:
            await asker.ask_by_id(document, made["secret"])
        read[" ".join(scopes)] = asker.secrets
    known = {scopes: known_to_machine(PUNE, *scopes.split()) for scopes in read}
    record_property("leaks", sum(len(read[scopes] - known[scopes]) for scopes in read))
    assert read == known


@pytest.mark.row("AZ-3", "AZ-6")
async def test_a_ticket_given_away_is_gone_by_every_way(
    house: Runtime,
    door: httpx.AsyncClient,
    garages: list[Planted],
    somebody: Somebody,
    record_property: Callable[[str, object], None],
) -> None:
    """At once, for whoever had it on their bench: asked, by its changes, and on an open stream."""
    del garages
    was, now = [Asker(house, door, _technician(name)) for name in ("had_it", "has_it")]
    for asker in (was, now):
        await house.technicians.register(Technician(id=asker.actor.id, garage=PUNE))
    manager = somebody()
    ticket = await manager.report(f"The lamp goes out {GIVEN}")
    cursor = house.delta_cursors.seal(LogPlace(done=await house.change_log.last()), PUNE)
    heads = list[int]()
    try:
        for n, to in enumerate((was, now), start=1):
            asked = {"id": ticket["id"], "n": n, "op": str(uuid4()), "to": to.actor.id}
            assert (await manager.ask(ASSIGN, **asked))["__typename"] == "TicketAssigned"
            await told(house)
            heads.append(await house.change_log.last())
            for document in _of_ticket(ticket["key"], cursor):
                await to.ask(document)
            assert GIVEN in " ".join(to.heard)
        was.heard.clear()
        for document in _of_ticket(ticket["key"], cursor):
            await was.ask(document)
        # All that follow changes; this ticket's cards nobody searches for here.
        for document in _subscriptions([]):
            for asker in (was, now):
                await asker.follow(document, heads[1], heads[0])
    finally:
        gone = {"id": ticket["id"], "n": 3, "op": str(uuid4())}
        await somebody(Role.ADMIN, None).ask(DELETE, **gone)
        await told(house)
    record_property("leaks", " ".join(was.heard).count(GIVEN))
    assert GIVEN not in " ".join(was.heard)
    assert "HIDDEN" in " ".join(was.heard)


def _technician(name: str) -> Actor:
    return Actor(id=PersonId(name), role=Role.TECHNICIAN, garage=PUNE)


def _of_ticket(ticket: str, cursor: str) -> Iterator[Question]:
    """Give documents that ask for one ticket by every way, its refusals too."""
    given: Given = {"id": ticket, "ticket": ticket, "part": "controller", "first": 40}
    others = {
        "node": given | {"id": global_id("Ticket", ticket)},
        "changes": {"after": cursor, "first": 100},
        "tickets": given,
    }
    for name, root in schema_walk.roots(API.query_type).items():
        if name in others or {"ticket", "id"} & root.args.keys():
            for member in members(root):
                if name != "node" or member.name == "Ticket":
                    call = call_of(name, root, others.get(name, given))
                    yield from questions(call, member, NEAR)
    stale = cast("GraphQLObjectType", API.type_map["StaleVersion"])
    for name, root in schema_walk.roots(API.mutation_type).items():
        refuses = "expectedVersion" in root.args and stale in members(root)
        if refuses and "ticket" in _kinds_of(root):
            call = call_of(name, root, {**given, "expectedVersion": NEVER})
            yield from questions(call, stale, NEAR, "mutation")


@pytest.mark.row("AZ-2", "AZ-3", "AZ-4", "AZ-5", "AZ-6")
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
async def test_not_there_and_not_yours_answer_alike(
    house: Runtime,
    door: httpx.AsyncClient,
    garages: list[Planted],
    role: Role,
    record_property: Callable[[str, object], None],
) -> None:
    """Every verb and every question that names a thing, asked of another's and of nobody's."""
    own, other = garages
    asker, before = Asker(house, door, actor_of_role(role, own.garage)), await stored_counts(house)
    hidden = [other] if role is not Role.TECHNICIAN else [other, _of_colleague(own)]
    unlike: dict[str, tuple[str, str]] = {}
    for operation, kind in (("query", API.query_type), ("mutation", API.mutation_type)):
        for name, root in schema_walk.roots(kind).items():
            for there in (given for place in hidden for given in another_of(name, root, place)):
                nowhere = {key: missing_id(str(value)) for key, value in there.items()}
                said = [await asker.told(operation, name, root, g) for g in (there, nowhere)]
                if said[0] != said[1]:
                    unlike[f"{name} {there}"] = (said[0], said[1])
    record_property("leaks", len(unlike))
    assert unlike == {}
    assert await stored_counts(house) == before


def _of_colleague(own: Planted) -> Planted:
    """Give what lies on a colleague's bench in one's own garage, and what was given to them."""
    (_, known, _, draft, _, moved), (_, ticket, *_, given) = own.cards, own.tickets
    # The garage's customers are everybody's there, masked.
    nobody = {"customer": missing_id(own.customer), "vehicle": missing_id(own.vehicle)}
    return replace(own, cards=(draft, known, moved), tickets=(ticket, given), **nobody)


def another_of(name: str, root: GraphQLField, place: Planted) -> list[Given]:
    """Give the ways to name what is hidden there, by the arguments that a field has."""
    guard = guard_of(root.extensions["strawberry-definition"])
    kinds = () if guard is None else guard.kinds
    hidden: dict[str, Sequence[str]] = {
        # The second card is everybody's by now, the last one too.
        "failure card": [c for n, c in enumerate(place.cards) if n not in {1, 4}],
        "ticket": place.tickets[:2],
        "employee": [place.employee],
        "invoice": [place.invoice],
        "customer": [place.customer],
        "vehicle": [place.vehicle],
        "file": [place.file],
    }
    named = {"ticket": "ticket", "card": "failure card", "into": "failure card"}
    named |= {"invoice": "invoice"}
    own = BY_NAME.get(name, next((kind for kind in kinds if kind in hidden), None))
    if "id" in root.args and own is not None and name not in OTHER_IDS:
        named["id"] = own
    ids = {arg for arg, kind in _argument_kinds(root).items() if kind.rstrip("!") == "ID"}
    asked = {name: hidden[kind] for name, kind in named.items() if name in ids}
    # A field that needs another thing than these asks for nothing that is hidden here.
    return [dict(zip(asked, each, strict=True)) for each in zip(*asked.values(), strict=False)]


def _argument_kinds(root: GraphQLField) -> dict[str, str]:
    return {name: str(cast("Any", argument).type) for name, argument in root.args.items()}


def missing_id(id: str) -> str:
    """Give an id of the same form that nothing has."""
    return f"{id[:-4]}{'0000' if id[-4:] != '0000' else '1111'}"


def test_walk_leaves_no_edge_out() -> None:
    walked, there = set[tuple[str, str, str]](), set[tuple[str, str, str]]()
    for root in schema_walk.roots(API.query_type).values():
        for member in members(root):
            walked |= _edges(member, DEPTH)
            there |= _edges(member, 100)
    assert walked == there


def _edges(member: GraphQLObjectType, depth: int) -> set[tuple[str, str, str]]:
    found = set[tuple[str, str, str]]()
    for path in schema_walk.paths(member, depth):
        kinds = [member.name, *(kind for kind, _ in path)]
        found |= {(a, name, b) for a, (b, name) in zip(kinds, path, strict=False)}
    return found


def _questions(
    house: Runtime, garages: list[Planted], own: GarageId, *, deep: bool = True
) -> Iterator[Question]:
    """Give documents that ask every field of Query for everything that it can give; without `deep`
    for some of it, and not far.
    """
    cursor = house.delta_cursors.seal(LogPlace(done=0), own)
    for name, root in schema_walk.roots(API.query_type).items():
        found = _given(name, garages, cursor)
        for n, given in enumerate(found if deep else found[:: 1 + len(found) // SOME]):
            for member in members(root):
                if name == "node" and member.name != given["kind"]:
                    continue
                call = call_of(name, root, given)
                near = n or name == "changes" or not deep
                yield from questions(call, member, NEAR if near else DEPTH)


def _given(name: str, garages: list[Planted], cursor: str) -> list[Given]:
    """Give the arguments that each field is asked with; one without any is asked once."""
    cards: list[Given] = [{"id": c} for g in garages for c in g.cards]
    tickets: list[Given] = [{"ticket": t, "id": t} for g in garages for t in g.tickets]
    papers: list[Given] = [{"id": g.invoice} for g in garages]
    month = f"{law_day(datetime.now(UTC)):%Y-%m}"
    places: list[Given] = [{"garage": g.garage, "month": month} for g in garages]
    known: dict[str, list[Given]] = {
        "card": [*cards, *({**one, "version": 1} for one in cards)],
        "invoice": papers,
        "statement": [{"invoice": g.invoice} for g in garages],
        "employee": [{"id": g.employee} for g in garages],
        "customer": [{"id": g.customer} for g in garages],
        "vehicle": [{"id": g.vehicle} for g in garages],
        "personalData": [
            {name: key}
            for g in garages
            for name, key in (
                ("employee", g.employee),
                ("invoice", g.invoice),
                ("customer", g.customer),
            )
        ],
        "changes": [{"after": cursor, "first": 100}],
        "node": [
            *_nodes("FailureCard", cards),
            *_nodes("Ticket", tickets),
            *_nodes("Invoice", papers),
        ],
        "match": [{"report": {"text": WORDS}}],
        "diagnose": [{"report": {"text": WORDS}}],
        **{name: [{"text": WORDS}] for name in ("search", "draftFromText")},
        **{name: [{"first": 40}] for name in LISTS},
        # A customer has vehicles, and those repairs: few fit into one document.
        **{name: [{"first": 10}] for name in ("customers", "vehicles")},
        **dict.fromkeys(("ticket", "feedback", "estimate", "suggestTechnicians"), tickets),
        "offers": [{**one, "part": "controller"} for one in tickets],
        **dict.fromkeys(("monthReport", "salesReturn", "billingSettings"), places),
        **dict.fromkeys(("dues", "dueInvoices", "dueCustomers", "till", "tillClosings"), places),
        "salesReturnExport": [{"id": f"ret_{'0' * 32}"}],
        **dict.fromkeys(("jobs", "technicians"), places),
    }
    return known.get(name, [{"part": "controller"}])


def _nodes(kind: str, found: list[Given]) -> list[Given]:
    return [{"id": global_id(kind, str(one["id"])), "kind": kind} for one in found]


def _stale_changes(garages: list[Planted]) -> Iterator[Question]:
    """Give changes of everything at a version that it never had, to read the refusals."""
    stale = cast("GraphQLObjectType", API.type_map["StaleVersion"])
    for name, root in schema_walk.roots(API.mutation_type).items():
        if "expectedVersion" not in root.args or stale not in members(root):
            continue
        for given in _named(root, garages):
            call = call_of(name, root, {**given, "expectedVersion": NEVER})
            yield from questions(call, stale, NEAR, "mutation")


def _named(root: GraphQLField, garages: list[Planted]) -> list[Given]:
    kinds = _kinds_of(root)
    cards = [c for g in garages for c in g.cards]
    tickets = [t for g in garages for t in g.tickets]
    if "failure card" in kinds:
        return [{"id": c, "into": cards[0]} for c in cards]
    if "employee" in kinds:
        return [{"id": g.employee} for g in garages]
    if "vehicle" in root.args:
        return [{"id": g.vehicle} for g in garages]
    if "customer" in root.args:
        return [{"id": g.customer} for g in garages]
    return [{"id": t, "ticket": t, "card": cards[0]} for t in tickets]


def _kinds_of(root: GraphQLField) -> Sequence[str]:
    guard = guard_of(root.extensions["strawberry-definition"])
    return () if guard is None else guard.kinds


def _subscriptions(garages: list[Planted]) -> Iterator[Question]:
    known: dict[str, list[Given]] = {
        "matchReady": [{"ticket": t} for g in garages for t in g.tickets]
    }
    for name, root in schema_walk.roots(API.subscription_type).items():
        for given in known.get(name, [{"after": None}]):
            for member in members(root):
                yield from questions(call_of(name, root, given), member, NEAR, "subscription")
