"""How soon the model before serves again after a rollback, in a service of two processes (RB-5).

Real: two `battwheels serve` over one set of stores. An administrator at the first one promotes a
classifier and rolls it back; both are asked to read a report without a pause, and each answer names
its model. The clock runs from the moment the rollback is sent to the last answer of the model that
went, at either process; the bar is the worst of all rounds.
"""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

import httpx
import numpy as np

from bench.bars import Bar, Better
from bench.push import JARS, Caller, served
from domain.access import Actor, Role
from domain.ids import PersonId, RunId, uuid7
from domain.model_runs import ModelKind, ModelRun, RunState
from gnn.artefacts import Artefact, ArtefactStore
from gnn.label_head import LabelHead
from gnn.symptom_classifier import VERSION, SymptomClassifier
from gnn.symptom_features import SymptomFeatures
from gnn.text_features import GramKind, GramVocabulary
from ingest.embedder import DEFAULT_MODEL
from records.audit_trail import DeedWriter
from records.model_runs import ModelRunStore
from web.local import stores
from web.local.home import StoreHome
from web.models import artefact_store
from web.records import open_records
from web.settings import Settings
from web.tokens import build_tokens

GOAL_S, ROUNDS, SIZE = 5.0, 12, 384
# As large as what a year of twenty garages teaches: a smaller file would load faster.
LABELS, GRAMS = 170, 26_000
READ = """query { readSymptoms(report: {text: "battery gets hot"}) {
  ... on SymptomReading { model } } }"""
PROMOTE = """mutation ($op: UUID!, $run: String!) {
  promoteModel(operationId: $op, run: $run) { ... on ModelPromoted { turn { serving } } } }"""
ROLL_BACK = """mutation ($op: UUID!) {
  rollBackModel(operationId: $op, kind: CLASSIFIER) {
    ... on ModelRolledBack { turn { serving } } } }"""


async def run() -> list[Bar]:
    """Promote and roll back in a running service; print every round."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        stores.start_stores(home)
        try:
            settings = Settings(home=home.root)
            async with served(home) as one, served(home) as other:
                took = await _rounds(settings, one.place, other.place)
        finally:
            stores.stop_stores(home)
    print(f"{len(took)} rollbacks: median {np.median(took):.3f} s, worst {max(took):.3f} s")
    return [Bar(name="rollback_s", measured=max(took), goal=GOAL_S, better=Better.LOWER)]


async def _rounds(settings: Settings, one: str, other: str) -> list[float]:
    boss = Actor(id=PersonId("boss"), role=Role.ADMIN)
    token = build_tokens(settings).mint(boss, datetime.now(UTC), timedelta(hours=1))
    async with (
        httpx.AsyncClient(base_url=f"http://{one}", timeout=60) as near,
        httpx.AsyncClient(base_url=f"http://{other}", timeout=60) as far,
        open_records(settings) as records,
    ):
        callers = [Caller(near, token), Caller(far, token)]
        runs = ModelRunStore(records, DeedWriter(lambda _: b""))
        first = _candidate(artefact_store(settings), None, 0)
        await runs.add(first)
        await callers[0].ask(PROMOTE, {"op": str(uuid4()), "run": first.id})
        found = list[float]()
        for n in range(1, ROUNDS + 1):
            later = _candidate(artefact_store(settings), first.id, n)
            await runs.add(later)
            found.append(await _round(callers, first, later))
    return found


async def _round(callers: list[Caller], first: ModelRun, later: ModelRun) -> float:
    await callers[0].ask(PROMOTE, {"op": str(uuid4()), "run": later.id})
    await asyncio.gather(*(_last_other(one, later.name) for one in callers))
    began = perf_counter()
    waits = [asyncio.create_task(_last_other(one, first.name)) for one in callers]
    await callers[0].ask(ROLL_BACK, {"op": str(uuid4())})
    return max(await asyncio.gather(*waits)) - began


async def _last_other(caller: Caller, name: str) -> float:
    """Ask until a model answers, and give when that was."""
    while (await caller.ask(READ, {}))["readSymptoms"]["model"] != name:
        continue
    return perf_counter()


def _candidate(store: ArtefactStore, against: RunId | None, n: int) -> ModelRun:
    """Give a run whose classifier says nothing, and is as large as one that does."""
    now = datetime.now(UTC)
    made = Artefact(
        kind=ModelKind.CLASSIFIER, version=VERSION, embedding=DEFAULT_MODEL, files=_files(n)
    )
    return ModelRun(
        id=RunId(str(uuid7(now, n))),
        kind=ModelKind.CLASSIFIER,
        version=VERSION,
        state=RunState.CANDIDATE,
        embedding=DEFAULT_MODEL,
        data_hash="none",
        code_commit="bench",
        seed=n,
        parameters={},
        figures={},
        verdicts=(),
        artefact=store.write(made),
        compared_with=against,
        trained_at=now,
        trained_by=PersonId("bench"),
        synthetic=True,
    )


def _files(n: int) -> dict[str, bytes]:
    grams = GramVocabulary(
        GramKind.CHARACTERS,
        {f"{place:x}": place for place in range(GRAMS)},
        np.ones(GRAMS, np.float32),
    )
    words = replace(grams, kind=GramKind.WORDS, columns={}, rarity=np.ones(0, np.float32))
    columns = GRAMS + SIZE + 1
    weights = np.random.default_rng(n).normal(size=(columns, LABELS)).astype(np.float32)
    head = LabelHead(weights, np.full(LABELS, -1e4, np.float32))
    codes = tuple(f"SYM_NONE_{code:03}" for code in range(LABELS))
    halves = np.full(LABELS, 0.5, np.float32)
    classifier = SymptomClassifier(SymptomFeatures((grams, words), {}), head, codes, halves)
    return {**classifier.files()}
