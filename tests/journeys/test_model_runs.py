"""Trained models over the API: administrators see them, have one serve, and take it back."""

from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from domain.access import Role
from domain.deeds import DeedType
from gnn.ranker_chance import RankerChance
from matching.matcher import NO_MATCH
from tests.gnn.toy_models import plant_candidate, plant_classifier, plant_ranker
from tests.journeys.conftest import Somebody
from tests.journeys.people import PROMOTE_MODEL, PUNE, ROLL_BACK_MODEL, Person, fresh_word
from tests.journeys.test_deeds import deeds
from web.feature_store import CURRENT
from web.wiring import Runtime

pytestmark = pytest.mark.journey
MODELS = """query ($kind: ModelKind, $first: Int! = 20, $after: String) {
  models(kind: $kind, first: $first, after: $after) {
    edges { node { key kind state seed dataHash codeCommit artefact comparedWith synthetic
      figures { name value cases } verdicts { figure passed said } parameters { name value } } }
    pageInfo { hasNextPage endCursor } } }"""

MATCH = """query ($report: ReportInput!) { match(report: $report) { __typename
  ... on Matches { ranker degraded chance prompt matches { rank score chance cardKey } } } }"""
DIAGNOSE = """query ($report: ReportInput!) { diagnose(report: $report) { __typename
  ... on Diagnosis { ranker degraded chance precedents { suggestion { cardKey chance } } } } }"""
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


STOPS = {"text": "Scooter stops dead and does not start when the handle is turned to the lock"}
EVEN = RankerChance(heat=4.0, unfound=1.0, limit=0.3)


async def served(house: Runtime, boss: Person, chance: RankerChance) -> str:
    run = await plant_ranker(house, chance)
    await boss.ask(PROMOTE_MODEL, run=run.id, op=str(uuid4()))
    return run.name


@pytest.mark.row("ML-1")
async def test_promoted_ranker_tells_chances_and_cuts(house: Runtime, boss: Person) -> None:
    """Each card has its chance, as many are shown as it takes, and without it all is as before."""
    before = await boss.ask(MATCH, report=STOPS)
    name = await served(house, boss, EVEN)
    found = await boss.ask(MATCH, report=STOPS)
    assert (found["ranker"], found["degraded"]) == (name, None)
    scores, chances = (np.array([m[key] for m in found["matches"]]) for key in ("score", "chance"))
    assert chances / chances[0] == pytest.approx(np.exp(scores - scores[0]))
    assert found["chance"] == pytest.approx(chances.sum())
    assert chances[:-1].sum() < EVEN.limit
    assert len(chances) == 5 or chances.sum() >= EVEN.limit
    told = await boss.ask(DIAGNOSE, report=STOPS)
    assert (told["ranker"], told["chance"]) == (name, pytest.approx(found["chance"]))
    await boss.ask(ROLL_BACK_MODEL, kind="RANKER", op=str(uuid4()))
    assert before["ranker"] == "evidence-1"
    assert await boss.ask(MATCH, report=STOPS) == before


@pytest.mark.row("ML-1")
async def test_nothing_is_shown_where_nothing_fits(house: Runtime, boss: Person) -> None:
    name = await served(house, boss, RankerChance(heat=4.0, unfound=40.0, least=0.5))
    found = await boss.ask(MATCH, report=STOPS)
    assert found["ranker"] == name
    assert (found["matches"], found["chance"], found["prompt"]) == ([], None, NO_MATCH)
    await boss.ask(ROLL_BACK_MODEL, kind="RANKER", op=str(uuid4()))


async def test_evidence_answers_for_a_failing_ranker(house: Runtime, boss: Person) -> None:
    before = await boss.ask(MATCH, report=STOPS)
    await served(house, boss, EVEN)
    await house.redis.delete(CURRENT)
    found = await boss.ask(MATCH, report=STOPS)
    said = "the learned ranker is silent (the feature store does not answer: no features were"
    assert found["degraded"].startswith(said)
    assert found | {"degraded": None} == before
    await boss.ask(ROLL_BACK_MODEL, kind="RANKER", op=str(uuid4()))
