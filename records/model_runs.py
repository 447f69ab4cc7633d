"""Runs of training and which of them serve, as they are kept.

What serves is one row, changed with its deed in one transaction: a process that reads it sees the
old model or the new one.
"""

from dataclasses import asdict
from typing import Any

import orjson

from domain.deeds import Change, Deed, SettingsOperation
from domain.errors import IllegalTransition, NotFound, OperationConflict
from domain.ids import OperationId, PersonId, RunId
from domain.model_runs import (
    GateVerdict,
    ModelFigure,
    ModelKind,
    ModelRun,
    ModelTurn,
    RunState,
    demand_promotable,
)
from records.audit_trail import DeedWriter
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("model_runs.sql")


class ModelRunStore:
    def __init__(self, records: Records, deeds: DeedWriter) -> None:
        self._records = records
        self._deeds = deeds

    async def add(self, run: ModelRun) -> None:
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["add"], _row_of(run))

    async def get(self, id: RunId) -> ModelRun:
        """Give one run.

        Raises:
            NotFound: there is none.
        """
        rows = await self._records.rows(QUERIES["run"], id=id)
        if not rows:
            raise NotFound("model", id)
        return _run_of(rows[0])

    async def page(
        self, *, first: int, after: str | None = None, kind: ModelKind | None = None
    ) -> list[ModelRun]:
        """Give up to `first` runs of one kind or of all, the newest first."""
        rows = await self._records.rows(QUERIES["page"], first=first, after=after, kind=kind)
        return [_run_of(row) for row in rows]

    async def serving(self) -> list[ModelRun]:
        """Give the run of each kind that serves, where one does."""
        return [_run_of(row) for row in await self._records.rows(QUERIES["serving"])]

    async def turns(self, kind: ModelKind, first: int) -> list[ModelTurn]:
        """Give which runs of a kind began to serve, the newest first."""
        rows = await self._records.rows(QUERIES["turns"], kind=kind, first=first)
        return [_turn_of(row) for row in rows]

    async def promote(self, id: RunId, operation: SettingsOperation) -> ModelTurn:
        """Have a candidate serve; what served before retires.

        Raises:
            NotFound: there is no such run.
            WorseModel: a gate stopped it.
            IllegalTransition: it is no candidate, or was held against another one.
            OperationConflict: the operation did something else.
        """
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["hold"])
            run = await _run(connection, id)
            done = await _done(connection, operation)
            if done is not None:
                meant = (done.by, done.run, done.rolled_back) == (operation.who, id, False)
                return _same(done, meant)
            serving = await _serving(connection, run.kind)
            before = None if serving is None else serving.id
            demand_promotable(run, before)
            turn = _turn(operation, run.kind, run=id, replaced=before)
            await self._take(connection, turn, operation.deed("promoteModel", id, _change(turn)))
            return turn

    async def roll_back(self, kind: ModelKind, operation: SettingsOperation) -> ModelTurn:
        """Have serve again what the serving run had replaced; None: what needs no model.

        Raises:
            IllegalTransition: no run of the kind serves.
            OperationConflict: the operation did something else.
        """
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["hold"])
            done = await _done(connection, operation)
            if done is not None:
                meant = (done.by, done.kind, done.rolled_back) == (operation.who, kind, True)
                return _same(done, meant)
            serving = await _serving(connection, kind)
            if serving is None:
                raise IllegalTransition(
                    kind, "not served", "rolled back", f"No model of the kind {kind} serves."
                )
            found = await connection.execute(QUERIES["promotion"], {"run": serving.id})
            [promotion] = await found.fetchall()
            turn = _turn(
                operation, kind, run=promotion["replaced"], replaced=serving.id, rolled_back=True
            )
            deed = operation.deed("rollBackModel", kind, _change(turn), mark=serving.id)
            await self._take(connection, turn, deed)
            return turn

    async def _take(self, connection: Connection, turn: ModelTurn, deed: Deed) -> None:
        moves = ((turn.replaced, RunState.RETIRED), (turn.run, RunState.SERVING))
        for run, state in moves:
            if run is not None:
                await connection.execute(QUERIES["state"], {"id": run, "state": state})
        await connection.execute(QUERIES["turn"], asdict(turn))
        await self._deeds.write(connection, [deed])


async def _run(connection: Connection, id: RunId) -> ModelRun:
    row = await (await connection.execute(QUERIES["run"], {"id": id})).fetchone()
    if row is None:
        raise NotFound("model", id)
    return _run_of(row)


async def _serving(connection: Connection, kind: ModelKind) -> ModelRun | None:
    row = await (await connection.execute(QUERIES["serving_of"], {"kind": kind})).fetchone()
    return None if row is None else _run_of(row)


async def _done(connection: Connection, operation: SettingsOperation) -> ModelTurn | None:
    given = {"operation": operation.id}
    row = await (await connection.execute(QUERIES["turn_of"], given)).fetchone()
    return None if row is None else _turn_of(row)


def _same(done: ModelTurn, meant: bool) -> ModelTurn:  # noqa: FBT001 - the answer to one question
    if not meant:
        raise OperationConflict(done.operation)
    return done


def _turn(
    operation: SettingsOperation,
    kind: ModelKind,
    *,
    run: RunId | None,
    replaced: RunId | None,
    rolled_back: bool = False,
) -> ModelTurn:
    return ModelTurn(
        kind=kind,
        run=run,
        replaced=replaced,
        rolled_back=rolled_back,
        operation=operation.id,
        by=operation.who,
        at=operation.at,
    )


def _change(turn: ModelTurn) -> Change:
    return Change(
        before={"kind": turn.kind.value, "serves": turn.replaced},
        after={"kind": turn.kind.value, "serves": turn.run},
    )


def _row_of(run: ModelRun) -> Row:
    texts = ("parameters", "figures", "verdicts")
    row: dict[str, Any] = asdict(run)
    return row | {
        name: orjson.dumps(row[name], option=orjson.OPT_SORT_KEYS).decode() for name in texts
    }


def _run_of(row: Row) -> ModelRun:
    figures: dict[str, Any] = orjson.loads(row["figures"])
    verdicts: list[Any] = orjson.loads(row["verdicts"])
    read: dict[str, Any] = {
        **row,
        "id": RunId(row["id"]),
        "kind": ModelKind(row["kind"]),
        "state": RunState(row["state"]),
        "parameters": orjson.loads(row["parameters"]),
        "figures": {name: ModelFigure(**one) for name, one in figures.items()},
        "verdicts": tuple(GateVerdict(**one) for one in verdicts),
    }
    return ModelRun(**read)


def _turn_of(row: Row) -> ModelTurn:
    return ModelTurn(
        kind=ModelKind(row["kind"]),
        run=row["run"],
        replaced=row["replaced"],
        rolled_back=row["rolled_back"],
        operation=OperationId(row["operation"]),
        by=PersonId(row["by"]),
        at=row["at"],
    )
