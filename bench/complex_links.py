"""ComplEx on FB15k-237, ten epochs on the processor: the bar `complex_fb15k_mrr`.

Some four minutes on a quiet core, longer beside other work; what a kill left goes on where it was,
and what was fitted once is measured again in a minute. Validation and test as `gnn.link_ranks`
says: filtered, both directions, among all 14,541 entities, ties in the middle.
"""

from pathlib import Path

import torch

from bench.bars import Bar, Better
from bench.cuda_links import read_whole
from gnn.complex_vectors import ComplexConfig, ComplexLearner, ComplexVectors
from gnn.fit import FitPlan, fit

KEPT = Path(__file__).resolve().parents[1] / ".bench/complex_fb15k"
GOAL = 0.33
EPOCHS = 10
# Of the validation set so many triples are asked after each epoch.
VALID = 2000


def adagrad(parameters: object, lr: float, weight_decay: float) -> torch.optim.Optimizer:
    """Give Adagrad in one pass over the table: the plain one is twice as slow."""
    return torch.optim.Adagrad(parameters, lr=lr, weight_decay=weight_decay, fused=True)  # pyright: ignore[reportArgumentType]


async def run() -> list[Bar]:
    """Fit, or go on, and ask about the test set."""
    torch.set_num_threads(1)
    split = read_whole("FB15k-237", torch.device("cpu"))
    graph = split.graph
    torch.manual_seed(0)
    shape = ComplexConfig(entity_count=graph.entity_count, relation_count=graph.relation_count)
    network = ComplexVectors(shape)
    learner = ComplexLearner(network, graph, split.valid[:VALID], split.known)
    plan = FitPlan(epochs=EPOCHS, rate=0.1, patience=EPOCHS, optimizer=adagrad)
    found = fit(learner, plan, KEPT, _tell)
    network.load_state_dict(found.weights)
    measured = learner.measured(split.test)
    _tell(f"ComplEx-N3, rank {shape.rank}, FB15k-237: {measured}")
    return [Bar(name="complex_fb15k_mrr", measured=measured.mrr, goal=GOAL, better=Better.HIGHER)]


def _tell(line: str) -> None:
    print(line, flush=True)
