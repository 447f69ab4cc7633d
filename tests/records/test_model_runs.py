"""Which trained model serves: by promotion, by rollback, once, and heard by every process."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from domain.deeds import DeedType
from domain.errors import (
    BrokenModel,
    IllegalTransition,
    NotFound,
    OperationConflict,
    WorseModel,
)
from domain.ids import RunId
from domain.model_runs import ModelKind, ModelRun, RunState
from gnn.artefacts import ArtefactStore
from gnn.live_models import LiveModels
from records.audit_trail import AuditTrail, DeedFilter
from records.database import Records
from records.model_runs import ModelRunStore
from records.wakeups import Topic, Wakeups
from tests.gnn.toy_models import TOY, toy_run
from tests.records.test_audit_trail import WRITER
from tests.records.test_trusted_documents import operation
from tests.waits import eventually

KIND = ModelKind.ANOMALY
SETTINGS = DeedFilter(type=DeedType.SETTINGS_CHANGE)


@pytest.fixture
def store(records: Records) -> ModelRunStore:
    return ModelRunStore(records, WRITER)


@pytest.fixture
def files(tmp_path: Path) -> ArtefactStore:
    return ArtefactStore(tmp_path / "models")


@pytest.fixture
async def three(tmp_path: Path, store: ModelRunStore, files: ArtefactStore) -> list[ModelRun]:
    """A bad model that serves, a better candidate, and one that the gates refused."""
    bad = toy_run(tmp_path, files, 1, says=False)
    runs = [bad, toy_run(tmp_path, files, 2, bad), toy_run(tmp_path, files, 3, bad, says=False)]
    for run in runs:
        await store.add(run)
    await store.promote(bad.id, operation())
    return runs


async def states(store: ModelRunStore) -> list[RunState]:
    return [run.state for run in reversed(await store.page(first=9))]


@pytest.mark.row("EVL-4")
async def test_run_comes_back_as_it_was(
    tmp_path: Path, store: ModelRunStore, files: ArtefactStore
) -> None:
    run = toy_run(tmp_path, files)
    await store.add(run)
    await store.add(run)
    assert await store.page(first=9, kind=KIND) == [run]
    with pytest.raises(NotFound):
        await store.get(RunId("00000000-0000-7000-8000-00000000abcd"))


async def test_promoted_run_replaces_the_one_before(
    store: ModelRunStore, three: list[ModelRun]
) -> None:
    turn = await store.promote(three[1].id, operation())
    assert (turn.run, turn.replaced) == (three[1].id, three[0].id)
    assert await states(store) == [RunState.RETIRED, RunState.SERVING, RunState.REFUSED]


@pytest.mark.row("EVL-5")
async def test_refused_run_never_serves(
    store: ModelRunStore, records: Records, three: list[ModelRun]
) -> None:
    deeds = await AuditTrail(records).page(9)
    with pytest.raises(WorseModel):
        await store.promote(three[2].id, operation())
    assert await states(store) == [RunState.SERVING, RunState.CANDIDATE, RunState.REFUSED]
    assert await AuditTrail(records).page(9) == deeds


async def test_run_held_against_another_one_is_no_candidate(
    store: ModelRunStore, three: list[ModelRun]
) -> None:
    await store.roll_back(KIND, operation())
    with pytest.raises(IllegalTransition, match="and no model serves"):
        await store.promote(three[1].id, operation())


@pytest.mark.row("RB-5", missing="the time in a running service is the bar `rollback_s`")
async def test_rollback_goes_back_step_by_step(
    store: ModelRunStore, records: Records, three: list[ModelRun]
) -> None:
    await store.promote(three[1].id, operation())
    told = [(await store.roll_back(KIND, operation())).run for _ in range(2)]
    assert told == [three[0].id, None]
    assert await states(store) == [RunState.RETIRED, RunState.RETIRED, RunState.REFUSED]
    with pytest.raises(IllegalTransition):
        await store.roll_back(KIND, operation())
    trail = await AuditTrail(records).page(9, filter=SETTINGS)
    verbs = sorted(str((deed.new_value or {})["verb"]) for deed in trail)
    assert verbs == ["promoteModel", "promoteModel", "rollBackModel", "rollBackModel"]


async def test_same_operation_is_one_turn(store: ModelRunStore, three: list[ModelRun]) -> None:
    up, down = operation(), operation()
    first = [await store.promote(three[1].id, up), await store.promote(three[1].id, up)]
    assert first[0] == first[1]
    assert await store.roll_back(KIND, down) == await store.roll_back(KIND, down)
    with pytest.raises(OperationConflict):
        await store.promote(three[0].id, up)
    with pytest.raises(OperationConflict):
        await store.roll_back(KIND, up)
    assert len(await store.turns(KIND, 9)) == 3


@asynccontextmanager
async def process(
    records: Records, files: ArtefactStore
) -> AsyncGenerator[tuple[LiveModels, list[str]]]:
    """Run what a serving process runs, with a wake-up line of its own."""
    told: list[str] = []
    models = LiveModels(
        ModelRunStore(records, WRITER),
        files,
        {KIND: TOY},
        "none",
        lambda _, broken: told.append("well" if broken is None else broken.reason),
    )
    wakeups = Wakeups(records)
    tasks = [
        asyncio.create_task(wakeups.run()),
        asyncio.create_task(models.run(wakeups.on(Topic.MODELS))),
    ]
    try:
        yield models, told
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_serves(models: LiveModels, run: ModelRun) -> None:
    async def names() -> list[str]:
        return [*models.names]

    await eventually(names, lambda found: found == [run.name])


async def test_every_process_serves_what_was_promoted(
    records: Records, files: ArtefactStore, three: list[ModelRun]
) -> None:
    async with process(records, files) as (one, _), process(records, files) as (other, _):
        await until_serves(other, three[0])
        await one.promote(three[1].id, operation())
        await until_serves(other, three[1])
        assert one.names == other.names == [f"anomaly:{three[1].id}"]
        await one.roll_back(KIND, operation())
        await until_serves(other, three[0])


async def test_broken_file_is_not_promoted(
    tmp_path: Path, records: Records, files: ArtefactStore, three: list[ModelRun]
) -> None:
    (tmp_path / "models" / three[1].artefact / "model.json").write_bytes(b"")
    async with process(records, files) as (models, told):
        await until_serves(models, three[0])
        with pytest.raises(BrokenModel):
            await models.promote(three[1].id, operation())
        assert (models.names, told) == ([three[0].name], [])
    assert (await ModelRunStore(records, WRITER).serving())[0].id == three[0].id


async def test_old_model_serves_while_the_new_one_cannot_be_read(
    tmp_path: Path, records: Records, files: ArtefactStore, three: list[ModelRun]
) -> None:
    """As on a machine whose folder lacks the file: it is told once, and goes on when it comes."""
    async with process(records, files) as (models, told):
        await until_serves(models, three[0])
        folder = tmp_path / "models" / three[1].artefact
        folder.rename(tmp_path / "away")
        await ModelRunStore(records, WRITER).promote(three[1].id, operation())
        await models.refresh()
        await models.refresh()
        assert models.names == [three[0].name]
        (tmp_path / "away").rename(folder)
        await models.refresh()
        assert models.names == [three[1].name]
        assert told == ["its file cannot be read (No such file or directory)", "well"]
