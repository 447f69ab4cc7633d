"""`python -m bench.cuda_links`: the path network on whole FB15k-237 and WN18RR, on a GPU.

Needs CUDA, and never more than the minutes that it is given (8): it fits each graph for its part of
less the time of asking, then asks as many test triples as it can, both directions, and says how
many. It also tells steps and epochs a second. Published beside it: NBFNet .415 and .551 (MRR).
"""

import argparse
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import torch
from torch.nn import functional

from gnn.link_graph import LinkGraph, numbered, read_triples
from gnn.link_ranks import Known, Queries
from gnn.path_learner import LinkSplit, measured
from gnn.path_network import PathConfig, PathNetwork

FOLDER = Path(__file__).resolve().parents[2] / "shared/data/kg"
GOALS = {"FB15k-237": 0.415, "WN18RR": 0.551}
ASKED_SHARE = 0.25
PART = 128
RATE, DECAY = 5e-3, 0.1


@dataclass(frozen=True, slots=True)
class CudaRecipe:
    layers: int
    batch: int


RECIPES = {"FB15k-237": CudaRecipe(layers=4, batch=16), "WN18RR": CudaRecipe(layers=6, batch=32)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--graph", choices=[*RECIPES], action="append")
    parser.add_argument("--device", default="cuda")
    asked = parser.parse_args()
    if asked.device == "cuda" and not torch.cuda.is_available():
        print("There is no CUDA on this machine; nothing was measured.")
        return 1
    graphs: list[str] = asked.graph or [*RECIPES]
    for name in graphs:
        run_graph(name, 60 * asked.minutes / len(graphs), torch.device(asked.device))
    return 0


def run_graph(name: str, seconds: float, device: torch.device) -> None:
    """Fit and ask within so many seconds."""
    began = perf_counter()
    split = read_whole(name, device)
    recipe = RECIPES[name]
    torch.manual_seed(0)
    shape = PathConfig(split.graph.relation_count, layers=recipe.layers)
    network = PathNetwork(shape).to(device)
    until = began + seconds * (1 - ASKED_SHARE)
    steps, epochs = fit_until(network, split, recipe.batch, until)
    took = perf_counter() - began
    print(f"{name}: {steps} steps, {epochs:.3f} epochs, {steps / took:.2f} steps a second")
    tell_asked(network, split, name, began + seconds)


def fit_until(
    network: PathNetwork, split: LinkSplit, batch: int, until: float
) -> tuple[int, float]:
    """Take steps until a moment; the rate falls from first to last. Give steps and epochs."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-4)
    asked = Queries.of(split.graph.triples, split.graph.relation_count)
    answers = Known(split.graph.triples, split.graph)
    began, steps = perf_counter(), 0
    network.train()
    while perf_counter() < until:
        gone = (perf_counter() - began) / max(until - began, 1e-9)
        for group in optimizer.param_groups:
            group["lr"] = RATE * DECAY**gone
        rows = torch.randint(len(asked.heads), (batch,), device=asked.heads.device)
        heads, relations, tails = asked.heads[rows], asked.relations[rows], asked.tails[rows]
        scores = network(split.graph, heads, relations, asked.origins[rows])
        others = answers.others(heads, relations, tails)
        loss = functional.cross_entropy(scores.masked_fill(others, -torch.inf), tails)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        steps += 1
        if steps % 200 == 0:
            print(f"  step {steps}, loss {loss.item():.3f}", flush=True)
    return steps, steps * batch / len(asked.heads)


def tell_asked(network: PathNetwork, split: LinkSplit, name: str, until: float) -> None:
    """Ask test triples in a drawn order until a moment; tell the mean over those asked."""
    order = torch.randperm(len(split.test), generator=torch.Generator().manual_seed(0))
    total, count = 0.0, 0
    parts: tuple[torch.Tensor, ...] = torch.split(order, PART)
    for part in parts:
        found = measured(network, split, split.test[part.to(split.test.device)])
        total, count = total + found.mrr * found.queries, count + found.queries
        print(f"  asked {count} of {2 * len(order)}, MRR {total / count:.4f}", flush=True)
        if perf_counter() > until:
            break
    print(f"{name}: MRR {total / count:.4f} over {count} queries; published {GOALS[name]}")


def read_whole(name: str, device: torch.device) -> LinkSplit:
    """Read a graph whose entities are all known."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tarfile.open(FOLDER / f"{name}.tar.gz") as archive,
    ):
        archive.extractall(folder, filter="data")
        sets = [
            read_triples(next(Path(folder).rglob(f"{part}.txt")))
            for part in ("train", "valid", "test")
        ]
    relations = tuple(sorted({relation for _, relation, _ in sets[0]}))
    entities = sorted({word for one in sets for head, _, tail in one for word in (head, tail)})
    places = {word: number for number, word in enumerate(entities)}
    kinds = {word: number for number, word in enumerate(relations)}
    train, valid, test = (numbered(one, places, kinds).to(device) for one in sets)
    graph = LinkGraph(train, len(entities), len(relations))
    return LinkSplit(graph, valid, test, Known(torch.cat([train, valid, test]), graph), relations)


if __name__ == "__main__":
    raise SystemExit(main())
