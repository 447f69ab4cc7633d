"""Emerging defects: what grows in one cohort is told once, what rises everywhere is not."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.defects import Cohort, ComponentFailure, DefectWatch, EmergingDefect
from domain.ids import TicketId

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
COMPONENTS = ("contactor", "charger", "motor", "display", "brake")
Share = Callable[[Cohort, float], float]


def cohort(batch: str, climate: str = "hot") -> Cohort:
    return Cohort(
        make="Ather", supplier="indus", battery_batch=batch, firmware="2.1", climate=climate
    )


SICK = cohort("25-W30")
COHORTS = (SICK, cohort("25-W31"), cohort("25-W32", "cool"), cohort("25-W33", "cool"))


def failures(share: Share, seed: int = 1, many: int = 2_400) -> Iterator[ComponentFailure]:
    """Give a year of failures, of which the contactor has a share that the cohort and day tell."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    for n in range(many):
        day, own = 365 * n / many, dice.choice(COHORTS)
        hit = dice.random() < share(own, day)
        yield ComponentFailure(
            ticket=TicketId(f"tkt_{n}"),
            of_battery=True,
            vehicle=f"veh_{n}",
            cohort=own,
            component=COMPONENTS[0] if hit else dice.choice(COMPONENTS[1:]),
            at=BEGIN + timedelta(days=day),
        )


def alarms(found: Iterator[ComponentFailure]) -> list[EmergingDefect]:
    watch = DefectWatch(bar=12.5)
    return [alarm for failure in found for alarm in watch.see(failure)]


@pytest.mark.row("ML-2", missing="on simulated worlds by the bars `defect_*`")
def test_defect_of_a_batch_is_told_once() -> None:
    def grows(own: Cohort, day: float) -> float:
        return 0.4 if own == SICK and day > 100 else 0.1

    [alarm] = alarms(failures(grows))
    assert (alarm.cohort, alarm.component) == (SICK, "contactor")
    assert timedelta(days=100) < alarm.at - BEGIN < timedelta(days=135)
    assert alarm.expected == pytest.approx(0.1, abs=0.05)


@pytest.mark.parametrize("seed", range(1, 6))
def test_where_nothing_changes_nothing_is_told(seed: int) -> None:
    assert alarms(failures(lambda _, __: 0.1, seed)) == []


def test_season_is_no_defect_of_a_batch() -> None:
    """It comes over two months and triples what fails, everywhere."""
    assert alarms(failures(lambda _, day: 0.1 + 0.2 * max(0, 1 - abs(day - 200) / 60))) == []


def test_vehicle_that_comes_again_is_one_failure() -> None:
    watch = DefectWatch(bar=12.5)
    for failure in failures(lambda _, __: 0.1):
        watch.see(failure)
    last = BEGIN + timedelta(days=365)
    again = [
        ComponentFailure(
            ticket=TicketId(f"tkt_again_{n}"),
            vehicle="veh_x",
            cohort=SICK,
            component="contactor",
            at=last + timedelta(hours=n),
        )
        for n in range(40)
    ]
    assert [alarm for failure in again for alarm in watch.see(failure)] == []
