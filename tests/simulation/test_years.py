"""What happens in a simulated year, and what is planted in it."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from domain.errors import InvalidInput
from gnn.history_files import read_history
from simulation.plants import PlantKind
from simulation.settings import HILLS, PLAINS, WorldSettings
from simulation.visits import month_of
from tests.simulation.conftest import SMALL, WrittenYear, written

FILES = ("repairs.parquet", "cards.parquet", "truth/truth.parquet", "truth/truth.json")


def _hashes(settings: WorldSettings, folder: Path) -> list[str]:
    written(settings, folder)
    return [sha256((folder / name).read_bytes()).hexdigest() for name in FILES]


def test_a_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    first = _hashes(SMALL, tmp_path / "first")

    assert _hashes(SMALL, tmp_path / "second") == first
    other = _hashes(replace(SMALL, seed=2), tmp_path / "other")
    assert [a == b for a, b in zip(first, other, strict=True)] == [False] * 4


def test_history_reads_as_learning_reads_it(tmp_path: Path) -> None:
    year = written(replace(HILLS, repairs=600, garages=6, invented=80, unknown=10), tmp_path)
    history = read_history(tmp_path)

    assert len(history.repairs) == len(year.truth)
    assert {repair.synthetic for repair in history.repairs} == {True}
    assert [c.reference for c in history.cards] == [not c.synthetic for c in history.cards]
    assert all(r.opened_at < r.closed_at for r in history.repairs)
    assert all(t.at < r.closed_at for r in history.repairs for t in r.tries)
    assert all((r.resolved_by is None) or r.worked for r in history.repairs)


def test_no_card_is_shown_before_it_is_verified(plains: WrittenYear) -> None:
    verified = dict(
        zip(*(plains.cards[n].to_pylist() for n in ("card", "verified_at")), strict=True)
    )
    shown = zip(
        plains.repairs["shown"].to_pylist(), plains.repairs["opened_at"].to_pylist(), strict=True
    )
    early = [p["card"] for places, at in shown for p in places if verified[p["card"]] > at]
    assert early == []


def test_a_card_is_written_after_its_ticket(plains: WrittenYear) -> None:
    repairs = {row["ticket"]: row for row in plains.repairs.to_pylist()}
    founded = [card for card in plains.cards.to_pylist() if card["founded_on"] is not None]
    tickets = [repairs[card["founded_on"]] for card in founded]

    assert len(founded) > 200
    assert all(t["closed_at"] < c["created_at"] for t, c in zip(tickets, founded, strict=True))
    assert {(t["worked"], t["resolved_by"], t["came_back"]) for t in tickets} == {
        (True, None, False)
    }


def test_there_are_cold_and_unknown_cards(plains: WrittenYear) -> None:
    verified = dict(
        zip(*(plains.cards[n].to_pylist() for n in ("card", "verified_at")), strict=True)
    )
    worked: dict[str, int] = dict.fromkeys(verified, 0)
    cold = 0
    for repair, truth in zip(plains.repairs.to_pylist(), plains.truth.to_pylist(), strict=True):
        known = [c for c in truth["right_cards"] if verified[c] < repair["opened_at"]]
        cold += bool(known) and not any(worked[card] for card in known)
        for one in repair["tries"]:
            if one["card"] is not None:
                worked[one["card"]] += one["worked"]
    unknown = [
        right
        for kind, right in zip(
            plains.truth["kind"].to_pylist(), plains.truth["right_cards"].to_pylist(), strict=True
        )
        if kind == "unknown"
    ]

    assert cold > 800
    assert len(unknown) > 800
    assert [right for right in unknown if right] == []


def test_planted_cohorts_fail_as_told(plains: WrittenYear) -> None:
    """Rate in the cohort after its ramp over the rate of the make's other vehicles, all defects."""
    world, visits = plains.year.world, plains.year.first.visits
    inside = outside = 0.0
    for plant in world.plants:
        if plant.kind is PlantKind.DEFECT:
            grown = visits.day >= plant.starts + world.settings.defect_ramp
            members = np.isin(visits.vehicle, plant.members(world.fleet))
            members &= world.fleet.release(visits.vehicle, visits.day) == plant.release
            others = (world.fleet.make[visits.vehicle] == plant.make) & ~members & grown
            ours = visits.cause == plant.cause
            inside += float((ours & members & grown).sum())
            # What the cohort would have had of this cause at the others' rate.
            usual = float(ours[others].mean() / (1 - ours[others].mean()))
            outside += usual * float((~ours & members & grown).sum())
    assert inside > 100
    assert 3.2 < inside / outside < 5.2


def test_a_lapsed_fix_no_longer_holds(plains: WrittenYear) -> None:
    fixes = {p["before"]: p["cause"] for p in plains.told["plants"] if p["kind"] == "lapsed_fix"}
    before, since = list[bool](), list[bool]()
    rows = zip(plains.truth["cause"].to_pylist(), plains.repairs["tries"].to_pylist(), strict=True)
    for cause, tries in rows:
        for card, after in fixes.items():
            worked = [one["worked"] for one in tries if one["card"] == card]
            before += worked if cause == card else []
            since += worked if cause == after else []
    assert len(since) > 30
    assert (np.mean(before) > 0.7, np.mean(since) < 0.3) == (True, True)


def test_a_supplier_carries_a_failure_to_a_second_make(plains: WrittenYear) -> None:
    carried = [(n, p) for n, p in enumerate(plains.told["plants"]) if p["kind"] == "transfer"]
    columns = (plains.truth["plant"], plains.truth["cause"], plains.repairs["make"])
    rows = list(zip(*(column.to_pylist() for column in columns), strict=True))
    for n, plant in carried:
        makes = [make for _, cause, make in rows if cause == plant["cause"]]
        planted = [make for planted, _, make in rows if planted == n]
        assert set(makes) == {plant["make"], plant["known_make"]}
        assert len(planted) > 3
        assert set(planted) == {plant["make"]}


def test_a_season_shows(plains: WrittenYear) -> None:
    world, visits = plains.year.world, plains.year.first.visits
    month = month_of(visits.day, world.settings)
    inside = outside = 0.0
    for plant in world.plants:
        if plant.kind is PlantKind.SEASON:
            ours, season = visits.cause == plant.cause, np.isin(month, plant.months)
            inside += float(ours[season].mean())
            outside += float(ours[~season].mean())
    assert 3.5 < inside / outside < 7


def test_one_garage_gives_only_five_stars(plains: WrittenYear) -> None:
    garage = plains.told["generous_garage"]
    stars = {
        (g == garage): set[int | None]() for g in plains.repairs["garage"].unique().to_pylist()
    }
    for g, rating in zip(
        plains.repairs["garage"].to_pylist(), plains.repairs["rating"].to_pylist(), strict=True
    ):
        stars[g == garage].add(rating)
    assert stars == {True: {5}, False: {None, 1, 2, 3, 4, 5}}


def test_wrong_cards_do_not_mend(plains: WrittenYear) -> None:
    wrong = set(plains.told["wrong_cards"])
    tried = [
        t["worked"]
        for row in plains.repairs["tries"].to_pylist()
        for t in row
        if t["card"] in wrong
    ]
    assert 4 <= len(wrong) <= PLAINS.wrong_cards
    assert len(tried) > 20
    assert np.mean(tried) < 0.2


def test_report_seeds_have_words_of_their_own(tmp_path: Path) -> None:
    tuned = (
        written(replace(SMALL, seed=5), tmp_path / "tune").truth["held_back_wording"].to_pylist()
    )
    reported = (
        written(replace(SMALL, seed=11), tmp_path / "report").truth["held_back_wording"].to_pylist()
    )
    assert sum(tuned) == 0
    assert sum(reported) > len(reported) / 2


def test_texts_hardly_repeat(plains: WrittenYear) -> None:
    texts = plains.repairs["text"].to_pylist()
    assert len(set(texts)) > 0.98 * len(texts)


def test_settings_out_of_bounds_are_refused() -> None:
    with pytest.raises(InvalidInput, match="repairs: is outside 10 to 20000000"):
        replace(PLAINS, repairs=9)
