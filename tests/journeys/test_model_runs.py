"""Trained models over the API: administrators see them, have one serve, and take it back."""

from typing import Any
from uuid import uuid4

import pytest

from domain.access import Role
from domain.deeds import DeedType
from tests.gnn.toy_models import plant_candidate, plant_classifier
from tests.journeys.conftest import Somebody
from tests.journeys.people import PROMOTE_MODEL, PUNE, ROLL_BACK_MODEL, Person, fresh_word
from tests.journeys.test_deeds import deeds
from web.wiring import Runtime

pytestmark = pytest.mark.journey
MODELS = """query ($kind: ModelKind, $first: Int! = 20, $after: String) {
  models(kind: $kind, first: $first, after: $after) {
    edges { node { key kind state seed dataHash codeCommit artefact comparedWith synthetic
      figures { name value cases } verdicts { figure passed said } parameters { name value } } }
    pageInfo { hasNextPage endCursor } } }"""

READ = """query ($report: ReportInput!) { readSymptoms(report: $report) { __typename
  ... on SymptomReading { model symptoms { code confidence source } } } }"""


@pytest.fixture
def boss(somebody: Somebody) -> Person:
    return somebody(Role.ADMIN, None, name=f"keeper-{fresh_word()}")


async def states(house: Runtime) -> dict[str, str]:
    return {run.id: run.state.value for run in await house.models.runs.page(first=9)}


async def listed(boss: Person, **wanted: object) -> list[dict[str, Any]]:
    answer = await boss.ask(MODELS, **wanted)
    return [edge["node"] for edge in answer["edges"]]


@pytest.mark.row("EVL-4", "ML-1")
async def test_administrator_promotes_and_rolls_back(house: Runtime, boss: Person) -> None:
    run = await plant_candidate(house)
    [shown] = await listed(boss, kind="ANOMALY", first=1)
    made = [shown[name] for name in ("key", "state", "seed", "dataHash", "artefact", "codeCommit")]
    assert made == [run.id, "CANDIDATE", 1, run.data_hash, run.artefact, run.code_commit]
    assert shown["figures"] == [{"name": "accuracy", "value": pytest.approx(2 / 3), "cases": 90}]
    promoted = await boss.ask(PROMOTE_MODEL, run=run.id, op=str(uuid4()))
    turn = {"kind": "ANOMALY", "serving": run.id, "replaced": None}
    assert promoted == {"__typename": "ModelPromoted", "turn": turn}
    assert house.models.names == [run.name]
    back = await boss.ask(ROLL_BACK_MODEL, kind="ANOMALY", op=str(uuid4()))
    turn = {"kind": "ANOMALY", "serving": None, "replaced": run.id}
    assert back == {"__typename": "ModelRolledBack", "turn": turn}
    assert (house.models.names, (await states(house))[run.id]) == ([], "retired")
    done = await deeds(house, user=boss.actor.id, type=DeedType.SETTINGS_CHANGE)
    assert [(deed.resource_id, deed.new_value) for deed in done] == [
        (run.id, {"verb": "promoteModel", "serves": run.id}),
        ("anomaly", {"verb": "rollBackModel", "serves": None}),
    ]


@pytest.mark.row("EVL-5")
async def test_worse_model_is_refused_over_the_api(house: Runtime, boss: Person) -> None:
    run = await plant_candidate(house, bad=True)
    before = await states(house)
    refused = await boss.ask(PROMOTE_MODEL, run=run.id, op=str(uuid4()))
    assert (refused["__typename"], refused["key"]) == ("WorseModel", run.id)
    [said] = refused["objections"]
    assert said.startswith("accuracy is 0.667 (")
    assert said.endswith("and has to be 0.900")
    assert await states(house) == before


async def test_only_administrators_change_what_serves(house: Runtime, somebody: Somebody) -> None:
    run, manager = await plant_candidate(house), somebody(Role.MANAGER, PUNE)
    before = await states(house)
    for query, wanted in ((PROMOTE_MODEL, {"run": run.id}), (ROLL_BACK_MODEL, {"kind": "ANOMALY"})):
        refused = await manager.ask(query, **wanted, op=str(uuid4()))
        assert refused["__typename"] == "NotAllowed"
    assert await states(house) == before


async def test_broken_file_is_not_promoted_over_the_api(house: Runtime, boss: Person) -> None:
    run = await plant_candidate(house)
    place = house.settings.home / "models" / run.artefact / "model.json"
    kept = place.read_bytes()
    place.write_bytes(kept[:-1])
    before = await states(house)
    answer = await boss.answer(PROMOTE_MODEL, run=run.id, op=str(uuid4()))
    place.write_bytes(kept)
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "BROKEN_MODEL"
    assert "model.json is cut off" in error["message"]
    assert await states(house) == before


@pytest.mark.row("ML-1", "ML-10")
async def test_classifier_adds_to_the_vocabulary(house: Runtime, boss: Person) -> None:
    """It is named while it serves, adds what it reads, and never what the words deny."""
    code, other = sorted(one.code for one in await house.vocabulary.symptoms())[:2]
    phrase = next(s.text for s in await house.vocabulary.symptoms() if s.code == other)
    run = await plant_classifier(house, [code, other], ["zzyzx", "qwertz"])
    report = {"text": f"zzyzx qwertz, but no {phrase.lower()}"}
    before = await boss.ask(READ, report=report)
    await boss.ask(PROMOTE_MODEL, run=run.id, op=str(uuid4()))
    after = await boss.ask(READ, report=report)
    assert (before["model"], after["model"]) == (None, run.name)
    known = {one["code"]: one for one in before["symptoms"]}
    added = [one for one in after["symptoms"] if one["code"] not in known]
    assert {one["code"]: one for one in after["symptoms"] if one["code"] in known} == known
    assert [(one["code"], one["source"]) for one in added] == [(code, "CLASSIFIER")]
    assert added[0]["confidence"] > 0.9
    await boss.ask(ROLL_BACK_MODEL, kind="CLASSIFIER", op=str(uuid4()))
    assert await boss.ask(READ, report=report) == before
