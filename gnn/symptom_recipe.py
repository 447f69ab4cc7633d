"""How the symptom classifier is trained (rows ML-10 to ML-13).

What a repair teaches is the symptoms that its report was read with or that were seen on the
vehicle; a card teaches its own. Repairs are split by the time they ended, 80 to 10 to 10; whatever
has a near duplicate in an earlier part is taken out of a later one, and so are its vehicles' other
visits.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from domain.errors import UselessTraining
from domain.model_runs import ModelKind, Parameter, PromotionGate
from domain.repair_history import CardRecord, RepairHistory, RepairRecord, in_order
from gnn.artefacts import Artefact
from gnn.case_figures import CaseFigure, ratio_figure
from gnn.label_head import HeadSettings, LabelledRows, fit_head
from gnn.learned_symptoms import ReportFacts
from gnn.near_duplicates import seen_before
from gnn.recipes import Stage, StageProgress, Tell, TrainingTools
from gnn.symptom_classifier import VERSION, SymptomClassifier
from gnn.symptom_features import SymptomFeatures
from gnn.thresholds import choose_thresholds

# A label that fewer repairs to learn from show is not learned.
FEWEST_REPAIRS = 5
FEWEST_EXAMPLES = 50
MOST_REPAIRS = 40_000
LEARN, CHOOSE = 0.8, 0.9
# A repair's record leaves out a fifth of what its report told: so much of what is told stands in
# it where 85 % is right. Chosen on the worlds 1 to 5.
PRECISION_GOAL = 0.81
LEAST_PRECISION = 0.70
# A text that is nearly one of before tells nothing of how the model reads new ones.
ALIKE = 0.8
GATES = (
    PromotionGate(figure="f1", gain=0.0),
    PromotionGate(figure="precision", least=LEAST_PRECISION),
)


@dataclass(frozen=True, slots=True)
class LabelledReport:
    """A report and what it teaches; `vehicle` groups it with others in an interval."""

    facts: ReportFacts
    symptoms: tuple[str, ...]
    vehicle: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SplitReports:
    """To learn the weights, to choose thresholds, to judge; and the cards, which are learnt too."""

    learn: Sequence[LabelledReport]
    choose: Sequence[LabelledReport]
    judge: Sequence[LabelledReport]


@dataclass(frozen=True, slots=True)
class ReportRows:
    """Reports of one part, with their vectors [reports, size]."""

    reports: Sequence[LabelledReport]
    vectors: NDArray[np.float32]

    @property
    def facts(self) -> list[ReportFacts]:
        return [one.facts for one in self.reports]

    def labels(self, codes: Sequence[str]) -> NDArray[np.float32]:
        """Give which symptoms each report shows [reports, codes]."""
        column = {code: n for n, code in enumerate(codes)}
        found = np.zeros((len(self.reports), len(codes)), dtype=np.float32)
        for row, report in zip(found, self.reports, strict=True):
            row[[column[code] for code in report.symptoms if code in column]] = 1.0
        return found


@dataclass(frozen=True, slots=True)
class SymptomData:
    features: SymptomFeatures
    labels: tuple[str, ...]
    learn: ReportRows
    choose: ReportRows
    judge: ReportRows


@dataclass(frozen=True, slots=True, kw_only=True)
class SymptomRecipe:
    """`slips`: of the texts to learn from, so many are shown again with a typing error."""

    tools: TrainingTools
    head: HeadSettings = field(default_factory=HeadSettings)
    slips: float = 0.5
    kind: ModelKind = ModelKind.CLASSIFIER
    version: int = VERSION
    gates: Sequence[PromotionGate] = GATES

    @property
    def embedding(self) -> str:
        return self.tools.embedding

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        own: Mapping[str, Parameter] = {"slips": self.slips, "alike": ALIKE}
        return {**asdict(self.head), **own}

    def preprocess(self, history: RepairHistory) -> SplitReports:
        found = [_labelled(repair) for repair in in_order(history.repairs)[-MOST_REPAIRS:]]
        labelled = [one for one in found if one.symptoms and one.facts.text.strip()]
        if len(labelled) < FEWEST_EXAMPLES:
            raise UselessTraining(
                self.kind,
                f"{len(labelled)} repairs tell symptoms, and {FEWEST_EXAMPLES} are needed",
            )
        return _split(labelled, [one for one in map(_of_card, history.cards) if one.symptoms])

    def features(self, cleaned: SplitReports) -> SymptomData:
        counts = Counter(code for one in cleaned.learn for code in one.symptoms)
        labels = tuple(sorted(code for code, n in counts.items() if n >= FEWEST_REPAIRS))
        if len(labels) < 2:  # noqa: PLR2004 - one class teaches nothing
            raise UselessTraining(
                self.kind, f"{len(labels)} symptoms are told by {FEWEST_REPAIRS} repairs or more"
            )
        columns = SymptomFeatures.learn([one.facts for one in cleaned.learn])
        parts = [self._encoded(part) for part in (cleaned.learn, cleaned.choose, cleaned.judge)]
        return SymptomData(columns, labels, *parts)

    def train(self, features: SymptomData, seed: int, tell: Tell) -> Mapping[str, bytes]:
        rows, choose = self._augmented(features, seed), features.choose

        def told(done: float) -> None:
            tell(StageProgress(Stage.TRAIN, done, f"{len(rows.weight)} texts"))

        head = fit_head(rows, self.head, seed, told)
        chances = head.chances(features.features.rows(choose.facts, choose.vectors))
        thresholds = choose_thresholds(chances, choose.labels(features.labels), PRECISION_GOAL)
        return SymptomClassifier(features.features, head, features.labels, thresholds).files()

    def evaluate(self, features: SymptomData, artefact: Artefact) -> Mapping[str, CaseFigure]:
        classifier, judge = SymptomClassifier.read(artefact), features.judge
        told = classifier.chances(judge.facts, judge.vectors) >= classifier.thresholds
        found = [
            {code for code, one in zip(classifier.labels, row, strict=True) if one} for row in told
        ]
        return label_figures(judge.reports, found)

    def floor(self, features: SymptomData) -> Mapping[str, CaseFigure] | None:
        """Give the figures of the vocabulary's own reading."""
        texts = [one.facts.text for one in features.judge.reports]
        return label_figures(features.judge.reports, self.tools.read_symptoms(texts))

    def _encoded(self, reports: Sequence[LabelledReport]) -> ReportRows:
        return ReportRows(reports, self.tools.encode([one.facts.text for one in reports]))

    def _augmented(self, features: SymptomData, seed: int) -> LabelledRows:
        """Give the texts to learn from, some of them again as a thumb types them.

        A text with a slip keeps the vector of the text without: its meaning is the same.
        """
        dice, learn = random.Random(seed), features.learn  # noqa: S311 - no secret
        places = [n for n in range(len(learn.reports)) if dice.random() < self.slips]
        slipped = [
            replace(one.facts, text=_with_slip(one.facts.text, dice))
            for one in (learn.reports[n] for n in places)
        ]
        every = [*range(len(learn.reports)), *places]
        rows = features.features.rows([*learn.facts, *slipped], learn.vectors[every])
        weight = np.array([learn.reports[n].weight for n in every], dtype=np.float32)
        return LabelledRows(rows, learn.labels(features.labels)[every], weight)


def symptom_recipe(tools: TrainingTools) -> SymptomRecipe:
    return SymptomRecipe(tools=tools)


def label_figures(
    reports: Sequence[LabelledReport], found: Sequence[set[str]]
) -> Mapping[str, CaseFigure]:
    """Give precision, recall and micro-F1 over reports, drawn by vehicle."""
    shown = [set(one.symptoms) for one in reports]
    groups = [one.vehicle for one in reports]
    right = np.array([len(a & b) for a, b in zip(shown, found, strict=True)])
    told, true = np.array([len(b) for b in found]), np.array([len(a) for a in shown])
    return {
        "precision": ratio_figure(right, told, groups),
        "recall": ratio_figure(right, true, groups),
        "f1": ratio_figure(2 * right, told + true, groups),
    }


def _labelled(repair: RepairRecord) -> LabelledReport:
    facts = ReportFacts(
        text=repair.text,
        make=repair.make,
        model=repair.model,
        odometer_km=repair.odometer_km,
        codes=repair.codes,
    )
    return LabelledReport(facts, repair.symptoms, repair.vehicle or repair.ticket)


def _of_card(card: CardRecord) -> LabelledReport:
    return LabelledReport(ReportFacts(text=card.symptom_text), card.symptoms, card.card)


def _split(labelled: Sequence[LabelledReport], cards: Sequence[LabelledReport]) -> SplitReports:
    ends = [0, int(LEARN * len(labelled)), int(CHOOSE * len(labelled)), len(labelled)]
    learn, choose, judge = (labelled[begin:end] for begin, end in pairwise(ends))
    learnt = [*learn, *cards]
    chosen = _unseen(choose, learnt)
    return SplitReports(learnt, chosen, _unseen(judge, [*learnt, *chosen]))


def _unseen(
    reports: Sequence[LabelledReport], earlier: Sequence[LabelledReport]
) -> list[LabelledReport]:
    """Give the reports of vehicles and texts that no earlier part has."""
    vehicles = {one.vehicle for one in earlier}
    others = [one for one in reports if one.vehicle not in vehicles]
    seen = seen_before(
        [one.facts.text for one in others], [one.facts.text for one in earlier], ALIKE
    )
    return [one for one, known in zip(others, seen, strict=True) if not known]


def _with_slip(text: str, dice: random.Random) -> str:
    """Give a text with two letters turned, one left out or one doubled."""
    at = dice.randrange(max(1, len(text) - 1))
    one, two = text[at : at + 1], text[at + 1 : at + 2]
    return text[:at] + dice.choice((two + one, two, one + one + two)) + text[at + 2 :]
