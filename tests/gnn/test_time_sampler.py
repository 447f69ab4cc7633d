"""The sampler: nothing of the moment or later, no target, the same in any batch."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

from domain.repair_history import RepairHistory, RepairRecord
from gnn.repair_graph import LINKS, Node, RepairGraph, report_says, seconds
from gnn.time_sampler import AskedReports, Hop, TimeSampler
from tests.gnn.small_worlds import small_world

NOBODY = np.empty(0, dtype=np.int64)
SEEDS = range(8)


def reports_of(graph: RepairGraph, repairs: Sequence[RepairRecord]) -> AskedReports:
    said = [graph.reported(report_says(one)) for one in repairs]
    return AskedReports(
        np.array([seconds(one.opened_at) for one in repairs]),
        np.repeat(np.arange(len(said)), [len(relations) for relations, _ in said]),
        np.concatenate([relations for relations, _ in said]),
        np.concatenate([nodes for _, nodes in said]),
    )


def edges_of(hops: list[Hop], graph: RepairGraph, query: int) -> list[list[tuple[int, ...]]]:
    """Give the edges of one query as (from, relation, to, edge) by the nodes' own numbers."""
    size = len(graph.kinds)
    before = {0: np.array([query])}
    found: list[list[tuple[int, ...]]] = []
    for place, hop in enumerate(hops):
        mine = np.flatnonzero(hop.query == query)
        left = [-1] * len(mine) if place == 0 else (before[place][hop.source[mine]] % size).tolist()
        entered = (hop.keys[hop.target[mine]] % size).tolist()
        rows = zip(left, hop.relation[mine].tolist(), entered, hop.edge[mine].tolist(), strict=True)
        found.append(sorted(rows))
        before[place + 1] = hop.keys
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_no_edge_is_of_the_reports_moment_or_later(seed: int) -> None:
    graph = RepairGraph.of(small_world(seed))
    asked = reports_of(graph, graph.tickets)

    hops = TimeSampler(graph).walk(asked, NOBODY)

    walked = [(hop.edge[hop.edge >= 0], hop.query[hop.edge >= 0]) for hop in hops]
    assert all((graph.moment[edge] < asked.moments[query]).all() for edge, query in walked)
    assert sum(len(edge) for edge, _ in walked) > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_ticket_never_leads_to_its_own_card(seed: int) -> None:
    graph = RepairGraph.of(small_world(seed))
    asked = reports_of(graph, graph.tickets)

    hops = TimeSampler(graph).walk(asked, NOBODY)

    own = [(hop.query == graph.source[hop.edge]) & (hop.edge >= 0) for hop in hops]
    met = [np.isin(graph.relation[hop.edge], LINKS) for hop in hops]
    assert not any((a & b).any() for a, b in zip(own, met, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sample_is_the_same_in_any_batch(seed: int) -> None:
    graph = RepairGraph.of(small_world(seed))
    sampler, tickets = TimeSampler(graph), graph.tickets
    order = np.random.default_rng(seed).permutation(len(tickets))[:20].tolist()
    together = sampler.walk(reports_of(graph, [tickets[n] for n in order]), NOBODY, most=3)

    for query, n in enumerate(order):
        alone = sampler.walk(reports_of(graph, [tickets[n]]), NOBODY, most=3)
        assert edges_of(together, graph, query) == edges_of(alone, graph, 0)


def known_then(world: RepairHistory, moment: datetime) -> RepairHistory:
    """Give what was known at a moment: of a repair that had not ended, the report alone."""
    return RepairHistory(
        tuple(
            one
            if one.closed_at < moment
            else replace(one, resolved_by=None, tries=(), came_back=False)
            for one in world.repairs
            if one.opened_at < moment
        ),
        tuple(one for one in world.cards if one.created_at < moment),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_later_changes_no_sample(seed: int) -> None:
    world = small_world(seed)
    report = sorted(world.repairs, key=lambda one: one.opened_at)[40]

    then, now = (
        walked_words(RepairGraph.of(history), report)
        for history in (known_then(world, report.opened_at), world)
    )

    assert then == now
    assert len(then) > 0


def walked_words(graph: RepairGraph, report: RepairRecord) -> list[tuple[str, int]]:
    hops = TimeSampler(graph).walk(reports_of(graph, [report]), NOBODY)
    return sorted(
        (word_of(graph, int(hop.keys[target])), int(relation))
        for hop in hops
        for target, relation in zip(hop.target, hop.relation, strict=True)
    )


def word_of(graph: RepairGraph, key: int) -> str:
    node = key % len(graph.kinds)
    if node < len(graph.tickets):
        return graph.tickets[node].ticket
    if node < graph.first_thing:
        return graph.cards[node - len(graph.tickets)].card
    return str([*graph.things][node - graph.first_thing])


def test_the_newest_edges_before_a_moment_are_found() -> None:
    graph = RepairGraph.of(small_world(3))
    node = graph.things[Node.CLIMATE, "hot_dry"]
    moment = seconds(graph.tickets[50].opened_at)

    _, _, far, edge, crowd = TimeSampler(graph).newest(
        np.array([node]), np.array([moment]), None, 4
    )

    before = [n for n, one in enumerate(graph.tickets[:50]) if one.climate == "hot_dry"]
    assert far.tolist() == before[-4:]
    assert graph.source[edge].tolist() == before[-4:]
    assert set(crowd.tolist()) == {len(before)}


def test_a_hidden_card_is_led_to_by_no_ticket() -> None:
    graph = RepairGraph.of(small_world(1))
    hidden = np.array([len(graph.tickets)])

    hops = TimeSampler(graph).walk(reports_of(graph, graph.tickets), hidden)

    met = [np.isin(graph.relation[hop.edge], LINKS) & (hop.edge >= 0) for hop in hops]
    assert all(
        not np.isin(graph.target[hop.edge[mask]], hidden).any()
        for hop, mask in zip(hops, met, strict=True)
    )


def test_a_report_that_no_ticket_is_like_leads_nowhere() -> None:
    graph = RepairGraph.of(small_world(1))
    stranger = replace(
        graph.tickets[0],
        make="Nobody",
        model="None",
        symptoms=("unheard",),
        codes=(),
        climate=None,
        opened_at=graph.tickets[0].opened_at - timedelta(days=40),
    )

    hops = TimeSampler(graph).walk(reports_of(graph, [stranger]), NOBODY)

    assert [len(hop.keys) for hop in hops] == [0, 0, 0]
