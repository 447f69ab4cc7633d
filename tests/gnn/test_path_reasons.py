"""The paths that are told as reasons: in words, and by what happens to a score without them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from domain.ids import CardId
from domain.repair_history import RepairRecord
from gnn.path_reasons import PathReason, PathWay, WalkedReport
from gnn.repair_graph import Node, seconds
from gnn.ticket_batches import NOTHING, BatchMaker
from gnn.ticket_learner import TicketStudy
from gnn.ticket_network import TicketNetwork
from gnn.ticket_scorer import FAR_FUTURE, TicketScorer, read_tickets

RANDOM = 20


@pytest.fixture(scope="module")
def network(fitted: Path) -> TicketNetwork:
    return read_tickets(fitted)[0]


def walked(network: TicketNetwork, maker: BatchMaker, report: RepairRecord) -> WalkedReport:
    with torch.no_grad():
        known = network.known(maker.world(seconds(report.opened_at), FAR_FUTURE))
    return WalkedReport.of(network, known, maker, report)


def every_path(report: WalkedReport, row: int) -> list[PathReason]:
    """Give all paths to a card, each worth as many edges as it has."""
    return report.bundles(row, np.ones(len(report.everything())))


def scored(report: WalkedReport, row: int, gone: list[PathReason], *, alone: bool = False) -> float:
    """Give a path score without some paths, or (`alone`) with no other than them."""
    edges = np.concatenate([NOTHING, *(one.edges for one in gone)])
    kept = torch.zeros(len(report.everything())) if alone else report.everything()
    kept[edges] = 1.0 if alone else 0.0
    with torch.no_grad():
        return float(report.scores(kept)[row])


@pytest.fixture(scope="module")
def cases(study: TicketStudy, network: TicketNetwork) -> list[tuple[WalkedReport, int, CardId]]:
    """Reports of the test side with the right card that a path leads to."""
    found = [
        (walked(network, study.maker, case.repair), case)
        for case in (*study.sides.calibration, *study.sides.test)
    ]
    cards = study.maker.graph.cards
    rows = [(report, report.row(cards[case.card].card), cards[case.card]) for report, case in found]
    return [(report, row, card.card) for report, row, card in rows if row is not None]


def test_score_falls_without_the_best_paths(
    cases: list[tuple[WalkedReport, int, CardId]],
) -> None:
    """Further than without as many others, drawn at random."""
    random, best, others = np.random.default_rng(1), list[float](), list[float]()
    for report, row, card in cases:
        whole, every = scored(report, row, []), every_path(report, row)
        told = report.reasons([card])[card]
        best.append(whole - scored(report, row, told))
        for _ in range(RANDOM):
            drawn = random.permutation(len(every))[: len(told)]
            others.append(whole - scored(report, row, [every[n] for n in drawn]))
    assert len(cases) > 10
    assert np.mean(best) > 0.5
    assert np.mean(best) > 1.5 * np.mean(others)


def test_best_paths_alone_hold_the_score(cases: list[tuple[WalkedReport, int, CardId]]) -> None:
    """Most of what all paths together add to a card that none leads to."""
    whole, alone, none = (
        np.mean(
            [scored(report, row, gone(report, card), alone=only) for report, row, card in cases]
        )
        for gone, only in (
            (lambda *_: [], False),
            (lambda report, card: report.reasons([card])[card], True),
            (lambda *_: [], True),
        )
    )
    assert alone - none > 0.6 * (whole - none)


def test_paths_count_the_repairs_they_went_through(
    study: TicketStudy, network: TicketNetwork
) -> None:
    report = study.sides.test[-1].repair
    graph = study.maker.graph
    card = graph.cards[study.sides.test[-1].card]
    symptom = report.symptoms[0]
    found = walked(network, study.maker, report)
    row = found.row(card.card)
    assert row is not None
    [told] = [
        one
        for one in every_path(found, row)
        if (one.kind, one.way) == (Node.SYMPTOM, PathWay.REPAIRS)
    ]
    said = [r for r in graph.tickets if symptom in r.symptoms and r.opened_at < report.opened_at]
    newest = [r for r in said[-24:] if r.closed_at < report.opened_at]
    held = [r for r in newest if r.resolved_by == card.card and not r.came_back]
    assert (told.name, told.held) == (symptom, len(held))


def test_reports_are_scored_together_as_alone(study: TicketStudy, fitted: Path) -> None:
    """In time's order or not, each by the snapshot of its own day."""
    graph, names = study.maker.graph, read_tickets(fitted)
    cards = [card.card for card in graph.cards]
    asked = [(one, cards[n % 3 :]) for n, one in enumerate(graph.tickets[60:90])]
    scorer = TicketScorer(names[0], BatchMaker(graph, names[1]))
    together = scorer.each(asked)
    for one, found in zip(asked, together, strict=True):
        alone = scorer.scores(*one)
        for own, other in zip(alone, found, strict=True):
            assert own == pytest.approx(other, rel=1e-3, abs=1e-4)


def test_scorer_tells_three_paths_at_most(study: TicketStudy, fitted: Path) -> None:
    graph, report = study.maker.graph, study.sides.test[-1].repair
    names = read_tickets(fitted)
    scorer = TicketScorer(names[0], BatchMaker(graph, names[1]))
    cards = [card.card for card in graph.cards if card.created_at < report.opened_at]
    told = scorer.paths(report, cards)
    assert list(told) == cards
    assert max(map(len, told.values())) == 3
    assert all(
        ":" in path.thing and path.held <= path.tried for why in told.values() for path in why
    )
