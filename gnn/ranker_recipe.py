"""How the ranker is trained, judged and read back (`gnn.recipes`): `battwheels train ranker`.

Cases are cut by the time at which their repairs ended: 70 % to learn from, 10 % to say when to
stop, 10 % for the chance of each card, the last 10 % to judge. A vehicle stays on the side of its
first case. Where there is a graph network its scores are read too, of reports that it has not
learned from, if they help on the second side. The ranker has to beat the evidence ranker, which
serves without one, by .02 nDCG@5 with the interval above 0, and may lose .01 in no stratum
(`reference` 3.7 of the learning notes).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module

import numpy as np
import orjson
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from domain.errors import BrokenModel, InvalidInput, UselessTraining
from domain.ids import CardId
from domain.model_runs import ModelKind, Parameter, PromotionGate
from domain.repair_history import RepairHistory
from gnn.artefacts import Artefact, demand_form
from gnn.case_figures import CaseFigure, mean_figure
from gnn.examples import expert_weight, rarity_weight, recency_weight
from gnn.learned_cards import CardTrees, LearnedCards, ReportNetwork
from gnn.model_file import CARD
from gnn.network_columns import with_network
from gnn.ranker_cases import CaseMaker, RankerCase
from gnn.ranker_chance import RankerChance, ScoredReport, fit_chance, read_chance
from gnn.ranker_model import RankerModel, RankerSettings, fit_ranker
from gnn.recipes import Stage, StageProgress, Tell, TrainingTools
from gnn.report_memory import ReportMemory

VERSION = 2
CUTS = (0.7, 0.8, 0.9)
# Fewer cases than a tenth of these tell no better ranker from a worse one.
LEAST_CASES = 200
LEAST_STRATUM = 50
TREES, VECTORS, SOLVERS = "ranker.txt", "memory.safetensors", "cards.json"
CHANCE = "chance.json"
NETWORK_PLACE = "gnn.ticket_recipe"
WARM = 5
DEPTH = 5
CALIBRATION = 2
LEAST_WEIGHT, MOST_WEIGHT = 0.2, 5.0
GAIN, LOSS = 0.02, 0.01
Floats = NDArray[np.float64]
STRATA: Mapping[str, Callable[[RankerCase], bool]] = {
    "": lambda _: True,
    "_warm": lambda case: case.uses >= WARM,
    "_cool": lambda case: 0 < case.uses < WARM,
    "_cold": lambda case: case.uses == 0,
    "_no_code": lambda case: not case.repair.codes,
    "_other_words": lambda case: case.other_words,
}


@dataclass(frozen=True, slots=True)
class RankerSides:
    """Cases by side, and the memory of all repairs that ended before the judged ones came in.

    Reports from which a card was written stand on the side of the chance alone.
    """

    train: tuple[RankerCase, ...]
    valid: tuple[RankerCase, ...]
    calibration: tuple[RankerCase, ...]
    test: tuple[RankerCase, ...]
    memory: ReportMemory
    history: RepairHistory | None = None


class RankerRecipe:
    kind = ModelKind.RANKER
    version = VERSION

    def __init__(self, tools: TrainingTools, settings: RankerSettings | None = None) -> None:
        self._tools = tools
        self._settings = settings or RankerSettings()
        self._judged: tuple[str, ...] = ()
        # Whether the trees of the last training read the network.
        self._reads_network = False

    @property
    def embedding(self) -> str | None:
        return self._tools.embedding

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        told = asdict(self._settings)
        network = self._tools.network if self._reads_network else None
        without = () if network else self._settings.without
        return told | {
            "without": ", ".join(without),
            "network": None if network is None else network.hash,
        }

    @property
    def gates(self) -> Sequence[PromotionGate]:
        """It has to be better over all, and worse in no stratum of fifty held-out cases or more."""
        rest = (PromotionGate(figure=f"ndcg5{name}", loss=LOSS) for name in self._judged)
        return (PromotionGate(figure="ndcg5", gain=GAIN), *rest)

    def preprocess(self, history: RepairHistory) -> RepairHistory:
        """Refuse a history with too few solved repairs to learn from."""
        solved = {one.resolved_by for one in history.repairs if one.resolved_by is not None}
        count = sum(one.resolved_by is not None for one in history.repairs)
        if count < LEAST_CASES:
            raise UselessTraining(
                self.kind, f"{count} repairs followed a card and held; {LEAST_CASES} are needed"
            )
        if len(solved) < 2:  # noqa: PLR2004 - one card leaves nothing to order
            raise UselessTraining(
                self.kind, "one card ended all repairs: there is nothing to order"
            )
        return history

    def features(self, cleaned: RepairHistory) -> RankerSides:
        maker = CaseMaker(cleaned, self._tools.encode, self._tools.english)
        cases = list(maker.cases())
        if self._tools.network is not None:
            served = network_of(self._tools.network.files)
            cases = with_network(cases, served.over(cleaned), served.until)
        sides = replace(split_cases(cases, maker.memory), history=cleaned)
        sizes = {name: sum(map(belongs, sides.test)) for name, belongs in STRATA.items() if name}
        self._judged = tuple(name for name, size in sizes.items() if size >= LEAST_STRATUM)
        return sides

    def train(self, features: RankerSides, seed: int, tell: Tell) -> Mapping[str, bytes]:
        def told(done: float, said: str) -> None:
            tell(StageProgress(Stage.TRAIN, done, f"nDCG@5 {said}"))

        try:
            trees = fit_ranker(features.train, features.valid, self._settings, seed, told)
            network = self._tools.network
            if network is not None:
                reading = replace(self._settings, without=())
                both = fit_ranker(features.train, features.valid, reading, seed, told)
                self._reads_network = network_helps(both, trees, features.valid)
                trees = both if self._reads_network else trees
        except InvalidInput as error:
            raise UselessTraining(self.kind, error.reason) from error
        chance = chance_of(trees, features.calibration)
        files = ranker_files(trees, features.memory, chance)
        return {**files, **network.files} if network and self._reads_network else files

    def evaluate(self, features: RankerSides, artefact: Artefact) -> Mapping[str, CaseFigure]:
        served, test = read_ranker(artefact, self._tools.embedding), features.test
        own = served.network
        if own is not None and features.history is not None:
            # Of its own network, which is another one than the candidate's where it serves already.
            test = with_network(test, own.over(features.history), own.until)
        return ranking_figures(test, lambda case: served.trees.scores(case.features))

    def floor(self, features: RankerSides) -> Mapping[str, CaseFigure] | None:
        return ranking_figures(features.test, lambda case: case.evidence)


def split_cases(cases: Sequence[RankerCase], memory: ReportMemory) -> RankerSides:
    """Cut cases by the time at which their repairs ended; weigh those that are learned from."""
    ended = sorted(case.repair.closed_at for case in cases if not case.founding)
    if len(ended) < LEAST_CASES:
        raise UselessTraining(
            ModelKind.RANKER, f"{len(ended)} reports could be ranked; {LEAST_CASES} are needed"
        )
    ends = [ended[int(len(ended) * cut)] for cut in CUTS]
    sides: list[list[RankerCase]] = [[], [], [], []]
    home: dict[str, int] = {}
    for case in sorted(cases, key=lambda one: (one.repair.closed_at, one.ticket)):
        side = sum(case.repair.closed_at >= end for end in ends)
        at_home = home.setdefault(case.group, side) == side
        if at_home and (side == CALIBRATION or not case.founding):
            sides[side].append(case)
    train, valid, calibration, test = map(tuple, sides)
    return RankerSides(weighted_cases(train), valid, calibration, test, memory)


def network_of(files: Mapping[str, bytes]) -> ReportNetwork:
    """Give the graph network of its files; torch is read for it alone.

    Raises:
        InvalidInput: they hold none.
    """
    return import_module(NETWORK_PLACE).network_of(files)


def network_helps(reading: CardTrees, other: CardTrees, cases: Sequence[RankerCase]) -> bool:
    """Say whether trees that read the network gain .02 nDCG@5 over the others on these cases."""
    ranks = [
        np.array([rank_of_right(case, trees.scores(case.features)) for case in cases])
        for trees in (reading, other)
    ]
    own, before = (dict(_gains(one))["ndcg5"].mean() for one in ranks)
    return bool(own - before >= GAIN)


def chance_of(trees: RankerModel, cases: Sequence[RankerCase]) -> RankerChance | None:
    """Fit what scores are worth on cases that the trees have not seen; None: they are too few."""
    try:
        return fit_chance([scored_report(trees, case) for case in cases])
    except InvalidInput:
        return None


def scored_report(trees: RankerModel, case: RankerCase) -> ScoredReport:
    """Give what the trees say of a case, and where its right card is."""
    right = None if case.missed else int(case.gains.argmax())
    return ScoredReport(trees.scores(case.features), right)


def weighted_cases(cases: Sequence[RankerCase]) -> tuple[RankerCase, ...]:
    """Give the cases with the weights of examples (TD-5 to TD-7), between .2 and 5, the mean 1."""
    if not cases:
        return ()
    now = max(case.repair.closed_at for case in cases)
    counts = Counter(case.repair.resolved_by for case in cases)
    weights = np.array(
        [
            recency_weight(now - case.repair.closed_at)
            * rarity_weight(counts[case.repair.resolved_by])
            * expert_weight(verified=case.verified)
            for case in cases
        ]
    )
    clipped = np.clip(weights / weights.mean(), LEAST_WEIGHT, MOST_WEIGHT)
    return tuple(
        replace(case, weight=float(weight))
        for case, weight in zip(cases, clipped / clipped.mean(), strict=True)
    )


def ranking_figures(
    cases: Sequence[RankerCase], scores: Callable[[RankerCase], Floats]
) -> dict[str, CaseFigure]:
    """Give nDCG@5, MRR and hits at 1, 3 and 5, each whole and by stratum; drawn by vehicle."""
    ranks = np.array([rank_of_right(case, scores(case)) for case in cases])
    found: dict[str, CaseFigure] = {}
    for name, belongs in STRATA.items():
        here = [i for i, case in enumerate(cases) if belongs(case)]
        if here:
            groups = [cases[i].group for i in here]
            found |= {f"{key}{name}": mean_figure(v, groups) for key, v in _gains(ranks[here])}
    return found


def rank_of_right(case: RankerCase, scores: Floats) -> float:
    """Give the place of the right card, of a tie the middle; infinity where it was not found."""
    if case.missed:
        return np.inf
    right = scores[case.gains.argmax()]
    return 1 + float((scores > right).sum()) + (float((scores == right).sum()) - 1) / 2


def _gains(ranks: Floats) -> list[tuple[str, Floats]]:
    near = ranks <= DEPTH
    return [
        ("ndcg5", np.where(near, 1 / np.log2(np.where(near, ranks, 1) + 1), 0.0)),
        ("mrr", 1 / ranks),
        *((f"hit{k}", (ranks <= k).astype(np.float64)) for k in (1, 3, 5)),
    ]


def ranker_files(
    trees: RankerModel, memory: ReportMemory, chance: RankerChance | None
) -> dict[str, bytes]:
    """Give the files of a ranker."""
    return {
        CHANCE: orjson.dumps(chance),
        TREES: trees.text.encode(),
        VECTORS: safetensors.numpy.save(
            {"vectors": memory.vectors.astype(np.float16), "solved": memory.solved}
        ),
        SOLVERS: orjson.dumps(memory.cards),
    }


def read_ranker(artefact: Artefact, embedding: str) -> LearnedCards:
    """Read a ranker back from its files.

    Raises:
        BrokenModel: they are of another kind, version or embedding, or do not belong together.
    """
    demand_form(artefact, ModelKind.RANKER, VERSION, embedding)
    try:
        network = network_of(artefact.files) if CARD in artefact.files else None
        trees = RankerModel.read(artefact.files[TREES].decode())
        told = safetensors.numpy.load(artefact.files[VECTORS])
        cards = [CardId(card) for card in orjson.loads(artefact.files[SOLVERS])]
        chance = read_chance(orjson.loads(artefact.files[CHANCE]))
        vectors, solved = told["vectors"].astype(np.float32), told["solved"]
        whole = vectors.ndim == 2 and solved.shape == (len(vectors),)  # noqa: PLR2004 - rows, numbers
        if not whole or (len(solved) and not 0 <= solved.min() <= solved.max() < len(cards)):
            raise BrokenModel(artefact.hash, "its memory does not fit together")
    except InvalidInput as error:
        raise BrokenModel(artefact.hash, error.reason) from error
    except (KeyError, TypeError, ValueError, safetensors.SafetensorError) as error:
        raise BrokenModel(artefact.hash, f"its files do not read ({error})") from error
    return LearnedCards(trees, ReportMemory(vectors, solved, tuple(cards)), chance, network)


def build_ranker(tools: TrainingTools) -> RankerRecipe:
    return RankerRecipe(tools)
