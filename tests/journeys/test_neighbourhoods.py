"""What stands around a thing, over the API: knowledge alone, and only what is yours to see."""

from typing import Any

import pytest

from domain.access import Role
from domain.cards import RootCause, Signature
from domain.codes import CodeKey
from domain.neighbourhoods import KnowledgeKind
from schema.nodes import global_id
from tests.graph.examples import only
from tests.journeys.conftest import Somebody
from tests.journeys.people import DELHI, PUNE
from tests.journeys.planted_cards import plant
from web.wiring import Runtime

pytestmark = [
    pytest.mark.journey,
    pytest.mark.row("EX-6", missing="nobody has imported it into a Bloom: that needs a licence"),
]
HARNESS = global_id("FailureCard", "fc_ather_450x_harness_chafe_head")
AROUND = """query($id: ID!, $steps: Int! = 1, $most: Int! = 300) {
  neighbourhood(id: $id, steps: $steps, most: $most) {
    things { id kind key caption steps } links { source target says } cut } }"""


def _keys(found: dict[str, Any], kind: str) -> list[str]:
    return [one["key"] for one in found["things"] if one["kind"] == kind]


async def test_a_card_stands_among_what_it_names(house: Runtime, somebody: Somebody) -> None:
    found = await somebody(Role.TECHNICIAN).ask(AROUND, id=HARNESS)
    assert found["things"][0] == {
        "id": HARNESS,
        "kind": "FAILURE_CARD",
        "key": "fc_ather_450x_harness_chafe_head",
        "caption": "Scooter switches off on full lock where the harness rubs the steering head",
        "steps": 0,
    }
    assert _keys(found, "ERROR_CODE") == ["ather:E631"]
    assert _keys(found, "COMPONENT") == ["wiring_harness"]
    assert {one["steps"] for one in found["things"][1:]} == {1}
    assert {one["source"] for one in found["links"]} == {HARNESS}
    assert found["cut"] is False


async def test_a_model_of_any_year_tells_none(house: Runtime, somebody: Somebody) -> None:
    [model] = await house.graph.read(
        "MATCH (m:VehicleModel {year: 0}) WHERE m.variant IS NULL "
        "RETURN m.id AS id, m.make + ' ' + m.model AS name ORDER BY id LIMIT 1"
    )
    found = await somebody().ask(AROUND, id=global_id("VehicleModel", model["id"]))
    assert found["things"][0]["caption"] == model["name"]


async def test_two_steps_lead_to_what_is_like_it(house: Runtime, somebody: Somebody) -> None:
    same = Signature(text="Rubbed harness", error_codes=(CodeKey("ather:E631"),))
    await plant(house, "rubbed", same.text, signature=same)
    found = await somebody().ask(AROUND, id=HARNESS, steps=2)
    assert "fc_rubbed" in _keys(found, "FAILURE_CARD")
    things = {one["id"] for one in found["things"]}
    assert {end for one in found["links"] for end in (one["source"], one["target"])} <= things
    assert {one["kind"] for one in found["things"]} <= {kind.name for kind in KnowledgeKind}


async def test_no_more_is_given_than_was_asked_for(somebody: Somebody) -> None:
    found = await somebody().ask(AROUND, id=HARNESS, steps=2, most=4)
    assert (len(found["things"]), found["cut"]) == (4, True)


async def test_a_card_of_others_is_not_there(house: Runtime, somebody: Somebody) -> None:
    """Neither by itself, nor around what everybody sees, nor by its cause."""
    cause = RootCause(primary="A cause that only Delhi knows", confidence=0.9)
    hidden = await plant(house, "delhis", "Hidden", visibility=only(DELHI), cause=cause)
    asked = {
        name: await somebody(garage=garage).ask(AROUND, id=global_id("FailureCard", hidden.id))
        for name, garage in (("theirs", PUNE), ("ours", DELHI))
    }
    assert asked["theirs"] is None
    [known] = _keys(asked["ours"], "CAUSE")
    assert await somebody(garage=PUNE).ask(AROUND, id=global_id("Cause", known)) is None
    component = global_id("Component", "bms_module")
    around = await somebody(garage=PUNE).ask(AROUND, id=component, steps=2, most=5_000)
    assert hidden.id not in _keys(around, "FAILURE_CARD")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"id": HARNESS, "steps": 3}, "steps"),
        ({"id": HARNESS, "most": 5_001}, "most"),
        ({"id": global_id("Ticket", "tkt_1")}, "id"),
        ({"id": "nonsense"}, "id"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    given: dict[str, object], field: str, somebody: Somebody
) -> None:
    [error] = (await somebody().answer(AROUND, **given))["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID_INPUT", field)
