"""The models that serve, held by one process and changed while it runs (rows ML-1, RB-5).

What serves is told by the registry; a file that cannot be read is passed over, and the model that
was held goes on. A request takes the model once and names it in its answer.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.deeds import SettingsOperation
from domain.errors import BrokenModel
from domain.ids import RunId
from domain.model_runs import ModelKind, ModelRun, ModelTurn
from gnn.artefacts import ArtefactStore
from gnn.model_kinds import KindPlaces
from records.wakeups import Wakeup

# A word that was lost is made up for by looking.
LOOK_SECONDS = 2.0


class RunRecords(Protocol):
    """Where runs are kept, and which of them serve."""

    async def add(self, run: ModelRun) -> None: ...
    async def get(self, id: RunId) -> ModelRun: ...
    async def page(
        self, *, first: int, after: str | None = None, kind: ModelKind | None = None
    ) -> list[ModelRun]: ...
    async def serving(self) -> list[ModelRun]: ...
    async def promote(self, id: RunId, operation: SettingsOperation) -> ModelTurn: ...
    async def roll_back(self, kind: ModelKind, operation: SettingsOperation) -> ModelTurn: ...


@dataclass(frozen=True, slots=True)
class LiveModel:
    """What serves, as its kind's reader gave it, and its run."""

    run: ModelRun
    model: object


class LiveModels:
    """`told` hears of a kind whose model cannot be read, and (None) that it can again."""

    def __init__(
        self,
        runs: RunRecords,
        artefacts: ArtefactStore,
        kinds: KindPlaces,
        embedding: str,
        told: Callable[[ModelKind, BrokenModel | None], None],
    ) -> None:
        self.runs = runs
        self._artefacts = artefacts
        self.kinds = dict(kinds)
        self._embedding = embedding
        self._told = told
        self._held: dict[ModelKind, LiveModel] = {}
        self._broken: dict[ModelKind, RunId] = {}
        self._reading = asyncio.Lock()

    def get(self, kind: ModelKind) -> LiveModel | None:
        """Give the model that serves; None: none does, and the kind's floor answers."""
        return self._held.get(kind)

    @property
    def names(self) -> Sequence[str]:
        return sorted(live.run.name for live in self._held.values())

    async def promote(self, id: RunId, operation: SettingsOperation) -> ModelTurn:
        """Have a run serve, once its file was read as it will be read everywhere.

        Raises:
            BrokenModel: it cannot be; what serves goes on.
            NotFound, WorseModel, IllegalTransition, OperationConflict: as the records say.
        """
        await self._read(await self.runs.get(id))
        turn = await self.runs.promote(id, operation)
        await self.refresh()
        return turn

    async def roll_back(self, kind: ModelKind, operation: SettingsOperation) -> ModelTurn:
        """Have serve again what served before; its file is not asked: what is wrong has to go.

        Raises:
            IllegalTransition, OperationConflict: as the records say.
        """
        turn = await self.runs.roll_back(kind, operation)
        await self.refresh()
        return turn

    async def run(self, wakeup: Wakeup) -> None:
        """Hold what serves, until cancelled.

        Raises:
            Unavailable: the records do not answer; what is held goes on.
        """
        while True:
            await self.refresh()
            await wakeup.wait(LOOK_SECONDS)

    async def refresh(self) -> None:
        """Read what serves by now: one at a time, so that an older answer never comes last."""
        async with self._reading:
            serving = {run.kind: run for run in await self.runs.serving()}
            for kind in self.kinds:
                await self._take(kind, serving.get(kind))

    async def _take(self, kind: ModelKind, run: ModelRun | None) -> None:
        held = self._held.get(kind)
        if run is None:
            self._held.pop(kind, None)
        elif held is None or held.run.id != run.id:
            try:
                self._held[kind] = LiveModel(run, await self._read(run))
            except BrokenModel as broken:
                self._note(kind, run.id, broken)
                return
        self._note(kind, None, None)

    def _note(self, kind: ModelKind, run: RunId | None, broken: BrokenModel | None) -> None:
        """Tell once of each run that cannot be read, and once that all is well again."""
        if self._broken.get(kind) == run:
            return
        self._told(kind, broken)
        if run is None:
            del self._broken[kind]
        else:
            self._broken[kind] = run

    async def _read(self, run: ModelRun) -> object:
        place = self.kinds.get(run.kind)
        if place is None:
            raise BrokenModel(run.id, f"no {run.kind} is served by this version")

        def read() -> object:
            return place.read_model(self._artefacts.read(run.artefact), self._embedding)

        return await asyncio.to_thread(read)
