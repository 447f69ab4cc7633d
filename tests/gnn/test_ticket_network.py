"""The network for reports: it learns, sees no future, and serves as it was trained."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from domain.errors import InvalidInput
from domain.ids import CardId
from domain.repair_history import RepairHistory
from gnn.mean_tower import MeanTower
from gnn.repair_graph import RepairGraph
from gnn.ticket_cases import cases_of, split, weights
from gnn.ticket_learner import TicketStudy, ranked
from gnn.ticket_network import TicketNetwork, TicketScores
from gnn.ticket_scorer import TicketScorer, read_tickets
from tests.gnn.conftest import small_network
from tests.gnn.small_worlds import small_world

CPU = torch.device("cpu")


def scored(network: TicketNetwork, study: TicketStudy, device: torch.device) -> TicketScores:
    world, asked = study.maker.batch([case.repair for case in study.sides.valid])
    with torch.no_grad():
        found = network.to(device).eval()(world.moved(device), asked.moved(device))
    return TicketScores(found.both.cpu(), found.walked.cpu(), found.tower.cpu(), found.path.cpu())


def test_a_few_reports_are_learnt_by_heart(study: TicketStudy) -> None:
    network, cases = small_network(study), study.sides.train[-10:]
    world, asked = study.maker.batch([case.repair for case in cases])
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-2)
    right = torch.tensor([case.card for case in cases])

    loss = torch.tensor(torch.inf)
    for _ in range(40):
        loss = torch.nn.functional.cross_entropy(network(world, asked).both, right)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.item() < 0.05


def test_a_right_card_comes_first_after_a_fit(study: TicketStudy, fitted: Path) -> None:
    network, _ = read_tickets(fitted)

    found = ranked(network, study.maker, study.sides.test, CPU)

    first = [int(np.argmax(one.both)) == one.case.card for one in found]
    assert np.mean(first) >= 0.8


def test_the_serving_tower_scores_as_the_trained_one(study: TicketStudy, fitted: Path) -> None:
    served, _ = read_tickets(fitted)
    trained = small_network(study)
    trained.load_state_dict(served.state_dict())

    assert isinstance(served.tower, MeanTower)
    torch.testing.assert_close(
        scored(served, study, CPU).both, scored(trained, study, CPU).both, rtol=1e-4, atol=1e-5
    )


@pytest.mark.row("AR-9", missing="no machine with CUDA has run it here")
@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA here")
def test_cuda_scores_as_the_processor(study: TicketStudy, fitted: Path) -> None:
    network, _ = read_tickets(fitted)

    there, here = (scored(network, study, torch.device(name)) for name in ("cuda", "cpu"))

    torch.testing.assert_close(there.both, here.both, rtol=0, atol=1e-3)


def test_a_report_scores_alike_in_any_batch(study: TicketStudy, fitted: Path) -> None:
    network, _ = read_tickets(fitted)
    reports = [case.repair for case in study.sides.valid[:4]]
    first = min(one.opened_at for one in reports)
    world, together = study.maker.batch(reports)
    known = network.known(world)

    alone = [network.scores(known, study.maker.asked([one])).both for one in reports]

    assert first == reports[0].opened_at
    torch.testing.assert_close(
        network.scores(known, together).both, torch.cat(alone), rtol=1e-4, atol=1e-5
    )


def test_what_comes_later_moves_no_score(fitted: Path) -> None:
    """A report of a moment scores alike over the history up to it, and over the whole."""
    world = small_world(1, repairs=120)
    report = sorted(world.repairs, key=lambda one: one.opened_at)[80]
    cards = [card.card for card in world.cards if card.created_at < report.opened_at]
    before = RepairHistory(
        tuple(
            one
            if one.closed_at < report.opened_at
            else replace(one, resolved_by=None, tries=(), came_back=False)
            for one in world.repairs
            if one.opened_at < report.opened_at
        ),
        tuple(card for card in world.cards if card.card in cards),
    )

    then, now = (
        TicketScorer.read(fitted, history).scores(report, cards) for history in (before, world)
    )

    np.testing.assert_allclose(then, now, rtol=1e-4, atol=1e-5)


def test_unseen_reports_and_cards_are_scored(fitted: Path) -> None:
    world = small_world(1, repairs=120)
    report = replace(
        world.repairs[-1], text="horn silent", make="Nobody", model="None", symptoms=("unheard",)
    )
    new = replace(
        world.cards[0],
        card=CardId("fc_new"),
        created_at=report.opened_at - timedelta(minutes=1),
        title="The horn is silent",
    )
    scorer = TicketScorer.read(fitted, RepairHistory(world.repairs, (*world.cards, new)))

    both, path = scorer.scores(report, [new.card, CardId("fc_of_nobody")])

    assert np.isfinite(both).tolist() == [True, False]
    assert np.isfinite(path).tolist() == [True, False]


@pytest.mark.parametrize("repairs", [0, 120])
def test_house_without_cards_has_no_score(fitted: Path, repairs: int) -> None:
    """A fresh house: the network stands ready, and knows none of the cards that are found."""
    world = small_world(1, repairs=120)
    scorer = TicketScorer.read(fitted, RepairHistory(world.repairs[:repairs], ()))
    both, path = scorer.scores(world.repairs[-1], [CardId("fc_new")])
    assert np.isnan([*both, *path]).tolist() == [True, True]
    assert scorer.paths(world.repairs[-1], [CardId("fc_new")]) == {CardId("fc_new"): []}


def test_a_report_that_says_nothing_is_scored_by_the_tower(fitted: Path) -> None:
    world = small_world(1, repairs=120)
    silent_one = replace(
        world.repairs[-1],
        text="",
        make=None,
        model=None,
        symptoms=(),
        codes=(),
        climate=None,
        opened_at=world.repairs[-1].opened_at + timedelta(days=200),
    )
    cards = [card.card for card in world.cards]

    both, path = TicketScorer.read(fitted, world).scores(silent_one, cards)

    assert np.isfinite(both).all()
    assert path.tolist() == [0.0] * len(cards)


def test_a_card_that_nobody_used_looks_unused(study: TicketStudy) -> None:
    moment = int(study.sides.test[-1].repair.opened_at.timestamp())
    used = int(np.argmax(study.maker.past.uses(moment)))

    shown, hidden = (
        study.maker.past.numbers(moment, np.array(cards, dtype=np.int64))[used]
        for cards in ([], [used])
    )

    assert (shown[1] > 0, shown[4].item()) == (True, 0.0)
    assert (hidden[1].item(), hidden[4].item()) == (0.0, 1.0)


def test_the_ticket_that_founded_a_card_is_no_case() -> None:
    world = small_world(2)
    graph = RepairGraph.of(world)
    case = cases_of(graph)[0]
    founded = tuple(
        replace(card, founded_on=case.repair.ticket) if n == case.card else card
        for n, card in enumerate(graph.cards)
    )

    left = cases_of(RepairGraph.of(RepairHistory(world.repairs, founded)))

    assert case.repair.ticket not in {one.repair.ticket for one in left}
    assert len(left) == len(cases_of(graph)) - 1


def test_sides_follow_each_other_in_time(study: TicketStudy) -> None:
    sides = study.sides
    ended = [
        [case.repair.closed_at for case in side]
        for side in (sides.train, sides.valid, sides.calibration, sides.test)
    ]

    assert all(max(a) <= min(b) for a, b in pairwise(ended))
    assert weights(sides.train).mean() == pytest.approx(1)


def test_a_history_without_solved_repairs_is_refused() -> None:
    world = small_world(1)
    with pytest.raises(InvalidInput, match=r"^history: 0 solved repairs with a card; 10 are"):
        split(cases_of(RepairGraph.of(RepairHistory(world.repairs, ()))))


def test_a_cut_off_network_is_refused(fitted: Path, tmp_path: Path) -> None:
    for name in ("model.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((fitted / name).read_bytes()[:-20])

    with pytest.raises(InvalidInput, match="holds no model"):
        read_tickets(tmp_path)
