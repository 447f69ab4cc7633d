"""The path network sees no dropped triple and no names; ranks and hits are exact."""

import itertools
from math import comb

import pytest
import torch
from torch import Tensor

from gnn.link_graph import NO_TRIPLE, LinkGraph
from gnn.link_ranks import Known, Queries, figures
from gnn.path_network import PathConfig, PathNetwork

ENTITIES, RELATIONS = 12, 3


def random_graph(seed: int, triples: int = 30) -> LinkGraph:
    generator = torch.Generator().manual_seed(seed)
    ends = torch.randint(ENTITIES, (triples, 2), generator=generator)
    kinds = torch.randint(RELATIONS, (triples,), generator=generator)
    rows = torch.stack([ends[:, 0], kinds, ends[:, 1]], 1)
    return LinkGraph(rows[ends[:, 0] != ends[:, 1]].unique(dim=0), ENTITIES, RELATIONS)


def network(seed: int = 0) -> PathNetwork:
    torch.manual_seed(seed)
    return PathNetwork(PathConfig(RELATIONS, width=8, layers=3, gate_width=4, dropout=0.0)).eval()


def without(graph: LinkGraph, triple: int) -> LinkGraph:
    kept = torch.arange(len(graph.triples)) != triple
    return LinkGraph(graph.triples[kept], ENTITIES, RELATIONS)


def scored(graph: LinkGraph, asked: Queries, dropped: Tensor) -> Tensor:
    with torch.no_grad():
        return network()(graph, asked.heads, asked.relations, dropped)


@pytest.mark.parametrize("seed", range(5))
def test_a_dropped_triple_leaves_no_trace(seed: int) -> None:
    graph = random_graph(seed)
    asked = Queries.of(graph.triples, RELATIONS)

    together = scored(graph, asked, asked.origins)

    for row, triple in enumerate(asked.origins.tolist()):
        alone = Queries.of(graph.triples[triple : triple + 1], RELATIONS)
        lacking = scored(without(graph, triple), alone, torch.full((2,), NO_TRIPLE))
        direction = int(row >= len(graph.triples))
        torch.testing.assert_close(together[row], lacking[direction], rtol=1e-4, atol=1e-5)


def test_renamed_entities_score_alike() -> None:
    graph, order = random_graph(1), torch.randperm(ENTITIES)
    renamed = graph.triples.clone()
    renamed[:, 0], renamed[:, 2] = order[renamed[:, 0]], order[renamed[:, 2]]
    asked = Queries.of(graph.triples, RELATIONS)
    moved = Queries.of(renamed, RELATIONS)
    nothing = torch.full_like(asked.heads, NO_TRIPLE)

    before = scored(graph, asked, nothing)
    after = scored(LinkGraph(renamed, ENTITIES, RELATIONS), moved, nothing)

    torch.testing.assert_close(after[:, order], before, rtol=1e-4, atol=1e-5)


def test_what_no_layer_reaches_falls_with_its_distance() -> None:
    """A chain 0 - 1 - ... - 11, a network of one layer: each edge beyond the first costs .5."""
    chain = LinkGraph(torch.tensor([[n, 0, n + 1] for n in range(11)]), ENTITIES, 1)
    one = PathNetwork(PathConfig(1, width=4, layers=1, gate_width=2, far=0.5)).eval()
    nothing = torch.tensor([NO_TRIPLE])

    lost = one.beyond(chain, torch.tensor([0]), nothing)
    cut = one.beyond(chain, torch.tensor([0]), torch.tensor([4]))

    assert lost.tolist() == [[0, 0, *(0.5 * n for n in range(1, 11))]]
    assert cut.tolist() == [[0, 0, 0.5, 1.0, 1.5, *[5.0] * 7]]


def test_ten_triples_are_learnt_by_heart() -> None:
    graph = random_graph(2)
    asked = Queries.of(graph.triples[:10], RELATIONS)
    one = network().train()
    optimizer = torch.optim.Adam(one.parameters(), lr=0.02)
    answers = Known(graph.triples, graph).others(asked.heads, asked.relations, asked.tails)

    loss = torch.tensor(torch.inf)
    for _ in range(150):
        scores = one(graph, asked.heads, asked.relations, asked.origins)
        loss = torch.nn.functional.cross_entropy(
            scores.masked_fill(answers, -torch.inf), asked.tails
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    assert loss.item() < 0.1


def test_ties_take_the_middle_place() -> None:
    graph = random_graph(3)
    triple = graph.triples[:1]

    found = figures(
        lambda heads, *_: torch.zeros(len(heads), ENTITIES), triple, graph, Known(triple, graph)
    )

    assert (found.mrr, found.hits1, found.queries) == (pytest.approx(1 / 6.5), 0, 2)


def test_hits_among_fifty_count_all_draws() -> None:
    """Of 60 rivals, 12 stand above the right answer and 3 beside it."""
    graph = LinkGraph(torch.tensor([[0, 0, 1]]), 61, 1)
    scores = torch.full((1, 61), -1.0)
    scores[0, 1], scores[0, 2:14], scores[0, 14:17] = 0.0, 1.0, 0.0

    found = figures(
        lambda heads, *_: scores.expand(len(heads), -1),
        graph.triples,
        graph,
        Known(graph.triples, graph),
    )

    ways = sum(
        comb(12, above) * comb(3, beside) * comb(45, 50 - above - beside)
        for above, beside in itertools.product(range(13), range(4))
        if above + beside / 2 <= 9
    )
    # The other direction asks for entity 0, which stands below all that are named above.
    below = 0.0
    assert found.hits10_of_50 == pytest.approx((ways / comb(60, 50) + below) / 2)
