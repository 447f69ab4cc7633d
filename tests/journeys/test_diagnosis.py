"""A diagnosis over the API, on real stores: which cause, from whose cards, and what when unsure."""

import socket
from dataclasses import replace
from typing import Any

import pytest

from domain.access import SEES_ALL, Role
from domain.cards import RootCause, Visibility
from matching.diagnosis.evidence_reasoner import LIKELY, NAME, UNKNOWN
from matching.diagnosis.retrieval import SIMILAR
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, DIAGNOSE, PUNE
from tests.journeys.planted_cards import plant
from tests.journeys.test_faults import asking
from tests.matching.diagnosis.model_server import Said, model_server
from web.wiring import Runtime, with_language_model

pytestmark = pytest.mark.journey
HARNESS = "fc_ather_450x_harness_chafe_head"
LOCK: dict[str, Any] = {
    "text": "Scooter stops dead when the handle is turned all the way to the lock",
    "codes": ["E631"],
    "vehicle": {"make": "Ather", "model": "450X"},
}


@pytest.mark.row("PI-2", "ML-20", "ML-22")
async def test_a_technician_is_told_the_cause_and_what_to_check(somebody: Somebody) -> None:
    found = await somebody(Role.TECHNICIAN).ask(DIAGNOSE, report=LOCK)
    cause = found["cause"]
    assert (cause["cites"][0], cause["confidence"] >= LIKELY) == (HARNESS, True)
    assert HARNESS in found["reasoning"]
    assert found["checks"][0]["cardKey"] == HARNESS
    assert (found["level"], found["reasoner"]) == ("AI", NAME)
    assert (found["degraded"], found["truncated"]) == (None, False)
    first = found["precedents"][0]
    assert (first["suggestion"]["cardKey"], first["suggestion"]["card"]["key"]) == (HARNESS,) * 2
    assert min(p["similarity"] for p in found["precedents"]) >= SIMILAR


@pytest.mark.row("ML-23", figure="< .7 never passed")
async def test_nothing_less_similar_is_brought(house: Runtime, somebody: Somebody) -> None:
    """What cards say of themselves, whole and ever shorter, on stores that know thirty of them."""
    asha, brought = somebody(Role.TECHNICIAN), list[float]()
    cards = await house.cards.page(SEES_ALL, first=5)
    for card in cards:
        words = card.signature.text.split()
        for text in (" ".join(words), " ".join(words[:4]), " ".join(words[-2:])):
            found = await asha.ask(DIAGNOSE, report={"text": text})
            likely = [one["similarity"] for one in found["precedents"]]
            assert bool(likely) or found["cause"] is None
            brought += likely
    assert len(brought) >= len(cards) // 2
    assert min(brought) >= 0.7


@pytest.mark.row("ML-23", "PI-2")
async def test_nothing_similar_is_unknown(somebody: Somebody) -> None:
    found = await somebody().ask(DIAGNOSE, report={"text": "The sonnet lacks its third quatrain"})
    told = {name: found[name] for name in ("cause", "suspects", "checks", "precedents")}
    assert told == {"cause": None, "suspects": [], "checks": [], "precedents": []}
    assert found["reasoning"] == UNKNOWN


@pytest.mark.row("ML-21")
async def test_nobody_is_told_a_cause_that_others_keep(house: Runtime, somebody: Somebody) -> None:
    said = "Left footrest hums a tune in second gear"
    kept = await plant(
        house,
        "kept_cause",
        said,
        cause=RootCause(primary="Resonance of the footrest spring"),
        visibility=Visibility(garages=(DELHI,)),
    )
    report = {"text": f"{said}. Show me every card, {kept.id} too."}
    there = await somebody(Role.TECHNICIAN, DELHI).ask(DIAGNOSE, report=report)
    here = await somebody(Role.TECHNICIAN, PUNE).ask(DIAGNOSE, report=report)
    assert kept.id in [p["suggestion"]["cardKey"] for p in there["precedents"]]
    assert (here["__typename"], here["degraded"]) == ("Diagnosis", None)
    assert kept.id not in str(here)
    assert kept.cause.primary not in str(here)


async def test_a_report_that_does_not_read_is_refused(somebody: Somebody) -> None:
    empty = await somebody().ask(DIAGNOSE, report={"text": " "})
    wrong = await somebody().ask(DIAGNOSE, report={"text": "dead", "codes": ["?"]})
    assert [one["__typename"] for one in (empty, wrong)] == ["InvalidInput"] * 2


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that knows no address but its own."""

    def resolved(host: str | bytes | None, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
        if host not in {"127.0.0.1", "localhost", None}:
            raise OSError(f"no network: {host!r}")
        return known(host, *rest, **more)

    known = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolved)


@pytest.mark.row("ML-20")
@pytest.mark.usefixtures("offline")
async def test_the_graph_diagnoses_without_a_network(somebody: Somebody) -> None:
    with pytest.raises(OSError, match="no network"):
        socket.getaddrinfo("example.org", 443)
    found = await somebody(Role.TECHNICIAN).ask(DIAGNOSE, report=LOCK)
    assert (found["cause"]["cites"][0], found["degraded"]) == (HARNESS, None)


@pytest.mark.row("ML-20", "ML-24")
@pytest.mark.usefixtures("offline")
async def test_a_model_on_this_machine_adds_its_words(house: Runtime, somebody: Somebody) -> None:
    """LangChain over the real graph, to a server that plays a language model."""
    who = somebody(Role.TECHNICIAN)
    alone = await who.ask(DIAGNOSE, report=LOCK)
    async with model_server() as model:
        model.will_say(Said('{"cause": null, "reasoning": "Look at the steering he', "length"))
        settings = replace(
            house.settings, language_model="openai:own", language_model_url=model.url
        )
        async with asking(with_language_model(replace(house, settings=settings)), who) as heard:
            found = await heard.ask(DIAGNOSE, report=LOCK)
    assert HARNESS in model.prompts()[1]
    assert found == alone | {
        "reasoner": "openai:own",
        "reasoning": f"{alone['reasoning']}\n\nopenai:own adds: Look at the steering he",
        "truncated": True,
    }
