"""Fits the path network to a graph of triples, and saves it for graphs that it never saw."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from domain.errors import InvalidInput
from gnn.fit import Fit, FitPlan, fit
from gnn.link_graph import LinkGraph, numbered, read_triples
from gnn.link_ranks import Figures, Known, Queries, figures
from gnn.model_file import model_files, read_model, write_model
from gnn.path_network import PathConfig, PathNetwork

KIND = "path-network/1"
BATCH = 32


@dataclass(frozen=True, slots=True)
class LinkSplit:
    """A graph that may be walked, what was held out of it, and all that is known to be right."""

    graph: LinkGraph
    valid: Tensor
    test: Tensor
    known: Known
    relations: tuple[str, ...]


def read_split(folder: Path, relations: tuple[str, ...] | None = None) -> LinkSplit:
    """Read `train.txt`, `valid.txt` and `test.txt`, lines of head, relation and tail.

    `relations` are the words of a model's relations; None takes those of the training set.

    Raises:
        InvalidInput: a file is missing or no triples, or nothing is there to walk on.
    """
    try:
        train, valid, test = (
            read_triples(folder / f"{name}.txt") for name in ("train", "valid", "test")
        )
    except OSError as error:
        raise InvalidInput("triples", f"{folder.name}: {error.strerror}") from error
    if not train:
        raise InvalidInput("triples", f"{folder.name}/train.txt is empty")
    named = relations or tuple(sorted({relation for _, relation, _ in train}))
    kinds = {word: number for number, word in enumerate(named)}
    words = sorted({word for head, _, tail in train for word in (head, tail)})
    places = {word: number for number, word in enumerate(words)}
    walked, asked, held = (numbered(rows, places, kinds) for rows in (train, valid, test))
    graph = LinkGraph(walked, len(words), len(named))
    known = Known(torch.cat([walked, asked, held]), graph)
    return LinkSplit(graph, asked, held, known, named)


class PathLearner:
    """Asks for both ends of each triple of the graph, each time without the triple itself."""

    def __init__(self, network: PathNetwork, split: LinkSplit) -> None:
        self.network = network
        self._split = split
        self._asked = Queries.of(split.graph.triples, split.graph.relation_count)
        self._answers = Known(split.graph.triples, split.graph)

    def batch_count(self) -> int:
        return -(-len(self._asked.heads) // BATCH)

    def losses(self) -> Iterator[Tensor]:
        asked = self._asked
        for batch in torch.randperm(len(asked.heads)).split(BATCH):
            heads, relations, tails = asked.heads[batch], asked.relations[batch], asked.tails[batch]
            scores = self.network(self._split.graph, heads, relations, asked.origins[batch])
            others = self._answers.others(heads, relations, tails)
            yield functional.cross_entropy(scores.masked_fill(others, -torch.inf), tails)

    def figure(self) -> float:
        return measured(self.network, self._split, self._split.valid).mrr


def measured(network: PathNetwork, split: LinkSplit, triples: Tensor) -> Figures:
    """Give the figures of a network on triples that were held out of a graph."""

    def scorer(heads: Tensor, relations: Tensor, dropped: Tensor) -> Tensor:
        return network(split.graph, heads, relations, dropped)

    network.eval()
    return figures(scorer, triples, split.graph, split.known)


def fit_paths(
    split: LinkSplit,
    config: PathConfig,
    plan: FitPlan,
    folder: Path,
    tell: Callable[[str], None],
) -> PathNetwork:
    """Fit on the graph of a split, choose by its validation set, and save into the folder."""
    torch.manual_seed(plan.seed)
    network = PathNetwork(config)
    found: Fit = fit(PathLearner(network, split), plan, folder, tell)
    network.load_state_dict(found.weights)
    told = {
        "seed": plan.seed,
        "rate": plan.rate,
        "valid_mrr": found.figures,
        "triples": len(split.graph.triples),
        "relations": split.relations,
    }
    write_model(folder, model_files(KIND, asdict(config), told, found.weights))
    return network


def read_paths(folder: Path) -> tuple[PathNetwork, tuple[str, ...]]:
    """Read a saved network and the words of its relations.

    Raises:
        InvalidInput: the folder holds no such model.
    """
    saved = read_model(folder, KIND)
    try:
        network = PathNetwork(PathConfig(**saved.config))
        network.load_state_dict(saved.weights)
    except (TypeError, RuntimeError) as error:
        raise InvalidInput("model", f"{folder.name}: its weights do not fit its shape") from error
    return network.eval(), tuple(saved.told["relations"])
