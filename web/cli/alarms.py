"""`battwheels alarms`: cohorts of vehicles whose component begins to fail too often."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from domain.defect_alarms import DefectAlarm, DefectAnswer, alarm_sentence
from domain.ids import defect_alarm_id
from domain.lapses import LapsedFix, lapsed_fixes
from gnn.defect_failures import TradeComponents
from graph.repair_history import RepairHistoryStore
from records.audit_trail import DeedWriter
from records.defects import DefectAlarmStore
from repair.defects import find_defects, raise_defects
from repair.lapses import mark_lapsed
from web.audit import build_deed_vault, operators_change
from web.records import open_records
from web.settings import Settings
from web.vault import read_master_keys
from web.wiring import Runtime, open_runtime

app = typer.Typer(
    no_args_is_help=True,
    help="Emerging defects: look for them, list them, say that you look into one, close it.",
)
T = TypeVar("T")

AlarmOption = Annotated[
    str, typer.Argument(help="The alarm, as `battwheels alarms list` names it.")
]


@app.command()
def look() -> None:
    """Look for defects and lapsed fixes in all repairs, as the calendar does each evening."""

    async def work() -> FoundTrouble:
        async with open_runtime(Settings.read()) as runtime:
            return await look_for_trouble(runtime)

    found = asyncio.run(work())
    for alarm in found.defects:
        typer.echo(_line(alarm))
    for lapse in found.lapses:
        typer.echo(f"{lapse.card}  {lapse.sentence}")
    marked = {lapse.card for lapse in found.lapses}
    typer.echo(f"{len(found.defects)} new alarms, {len(marked)} cards marked.")


@app.command("list")
def show_list(
    closed: Annotated[bool, typer.Option("--closed", help="Also those that are over.")] = False,  # noqa: FBT002
    first: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
) -> None:
    """Print the alarms, the newest first."""
    for alarm in asyncio.run(_with_alarms(lambda a: a.page(first=first, over=closed))):
        typer.echo(_line(alarm))


@app.command()
def acknowledge(alarm: AlarmOption) -> None:
    """Say that you look into it."""
    _answer(alarm, DefectAnswer.ACKNOWLEDGE)


@app.command()
def close(alarm: AlarmOption) -> None:
    """Say that it is over; its entry of the review queue is closed too."""
    _answer(alarm, DefectAnswer.CLOSE)


@dataclass(frozen=True, slots=True)
class FoundTrouble:
    """What a look found that nobody was told of."""

    defects: list[DefectAlarm]
    lapses: list[LapsedFix]


async def look_for_trouble(runtime: Runtime) -> FoundTrouble:
    """Watch the whole history: raise the defects that are new, mark the cards that lapsed."""
    now = datetime.now(UTC)
    history = await RepairHistoryStore(runtime.graph).until(now)
    trade = TradeComponents.of(
        await runtime.vocabulary.components(), await runtime.vocabulary.symptoms()
    )
    defects = await asyncio.to_thread(find_defects, history, trade)
    lapses = await asyncio.to_thread(lapsed_fixes, history)
    return FoundTrouble(
        await raise_defects(runtime.defects, defects, now),
        await mark_lapsed(runtime.lapses, runtime.cards, lapses, now),
    )


def _answer(alarm: str, answer: DefectAnswer) -> None:
    key, done = defect_alarm_id(alarm), operators_change(datetime.now(UTC))
    typer.echo(_line(asyncio.run(_with_alarms(lambda a: a.answer(key, answer, done)))))


async def _with_alarms(work: Callable[[DefectAlarmStore], Awaitable[T]]) -> T:
    settings = Settings.read()
    writer = DeedWriter(build_deed_vault(read_master_keys(settings)).sign)
    async with open_records(settings) as records:
        return await work(DefectAlarmStore(records, writer))


def _line(alarm: DefectAlarm) -> str:
    synthetic = " Simulated." if alarm.defect.synthetic else ""
    since = f"Since about {alarm.defect.since:%Y-%m-%d}."
    return f"{alarm.id}  {alarm.state:<12}  {alarm_sentence(alarm.defect)} {since}{synthetic}"
