"""Diagnoses of reports whose right card is known: how often right, and how well calibrated.

The cases are those of `bench/diagnosis_cases.py`. On one half of them the fit was made
(`python -m bench.diagnosis` makes it again), the other half is what is measured.
"""

import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from math import log1p
from pathlib import Path
from random import Random
from time import perf_counter

import numpy as np

from bench.bars import Bar, Better
from bench.diagnosis_cases import Case, complaint_cases, field_cases, recall_cases
from bench.quality import NHTSA
from domain.access import Viewer
from domain.matches import UnderstoodReport
from domain.signature import cause_key
from ingest import knowledge, recalls
from ingest.batch import ImportBatch
from ingest.imports import import_batch
from matching import quality
from matching.answers import Match, MatchAnswer
from matching.chance import SURE
from matching.diagnosis import calibration
from matching.diagnosis.answers import Diagnosis
from matching.diagnosis.calibration import CalibrationFeatures
from matching.diagnosis.diagnoser import ReportMatcher
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.wiring import Runtime, count_words, open_runtime

JARS = Path(".battwheels/neo4j/jars")
HELD_OUT = Path("tests/matching/diagnosis/held_out.csv")
OPERATOR = Viewer(sees_all=True)
FIELD, RECALL, SEED = 2_000, 1_500, 5
SPARE = 3
GOAL = 0.05
RIDGE = 0.01
COEFFICIENTS = (
    *("INTERCEPT", "CODES", "SYMPTOMS", "WORDS", "LENGTH", "LEVEL", "MARGIN"),
    *("OTHER_MODEL", "OTHER_CODES"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was made of a case; `confidence` is None where nothing similar was found.

    `evidence` is what the fit without chances sees: there only when no card has a chance.
    """

    case: Case
    evidence: CalibrationFeatures | None
    confidence: float | None
    right: bool
    milliseconds: float


@dataclass(slots=True)
class Without:
    """A matcher that has never heard of some cards; it keeps what it answered last."""

    matcher: ReportMatcher
    unknown: frozenset[str]
    answered: Sequence[Match] = ()

    async def match(
        self, understood: UnderstoodReport, viewer: Viewer, limit: int = 5
    ) -> MatchAnswer:
        answer = await self.matcher.match(understood, viewer, limit + SPARE)
        kept = [match for match in answer.matches if not _is(match, self.unknown)]
        self.answered = kept[:limit]
        return replace(answer, matches=tuple(self.answered))


async def run() -> list[Bar]:
    """Diagnose every case on real stores; the half that was held out has a bar."""
    told = [one for one in await diagnosed() if not one.case.fitted]
    _print(told)
    held = [(one.confidence, one.right) for one in told if one.confidence is not None]
    error = quality.calibration_error([sure for sure, _ in held], [right for _, right in held])
    return [
        Bar(name="diagnosis_calibration", measured=error, goal=GOAL, better=Better.LOWER),
    ]


async def diagnosed(*, chances: bool = True) -> list[Told]:
    """Load what is known into empty stores and diagnose all cases, by the chances or without."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            async with open_runtime(Settings(home=home.root)) as house:
                if not chances:
                    house.matcher.chances = None
                return await _diagnosed(house, Random(SEED))
        finally:
            stores.stop_stores(home)


async def _diagnosed(house: Runtime, drawn: Random) -> list[Told]:
    shipped = knowledge.read_knowledge(knowledge.SHIPPED)
    await _known(house, shipped)
    told = [await _told(house, case) for case in field_cases(shipped, FIELD, drawn)]
    if NHTSA.is_dir():
        campaigns = recalls.read_campaigns(NHTSA)
        await _known(house, campaigns)
        cases = (*recall_cases(campaigns, RECALL, drawn), *complaint_cases())
        told += [await _told(house, case) for case in cases]
    else:
        print(f"without recalls and complaints: {NHTSA} is not there")
    return told


async def _known(house: Runtime, batch: ImportBatch) -> None:
    await import_batch(batch, house, skip_bad=True)
    await house.reader.refresh(house.vocabulary)
    await house.reader.learn()
    await count_words(house)


async def _told(house: Runtime, case: Case) -> Told:
    unknown = case.right if case.gone else frozenset[str]()
    matcher = Without(house.matcher, unknown)
    diagnoser = replace(house.diagnoser, matcher=matcher)
    understood = await house.reader.understand(case.report)
    began = perf_counter()
    found = await diagnoser.diagnose(understood, OPERATOR)
    milliseconds = (perf_counter() - began) * 1000
    sure = None if found.first is None else found.first.confidence
    right = _right(found, matcher.answered, case)
    return Told(case, _evidence(understood, found), sure, right, milliseconds)


def _evidence(understood: UnderstoodReport, found: Diagnosis) -> CalibrationFeatures | None:
    first = found.first
    if first is None:
        return None
    leading = next((one for one in found.precedents if one.id in first.cites), None)
    if leading is None or leading.match.chance is not None:
        return None
    return calibration.calibration_features(understood, found.precedents, leading)


def _right(found: Diagnosis, answered: Sequence[Match], case: Case) -> bool:
    """Say whether the first cause is what a right card tells first."""
    if found.first is None:
        return False
    first = cause_key(found.first.text)
    right = [match.card for match in answered if _is(match, case.right)]
    return any(cause_key(text) == first for card in right for text in card.causes[:1])


def _is(match: Match, names: frozenset[str]) -> bool:
    return match.card.id in names or match.card.campaign in names


def _print(told: Sequence[Told]) -> None:
    by_kind: dict[str, list[Told]] = defaultdict(list)
    for one in told:
        by_kind[one.case.kind].append(one)
    by_kind["all"] = list(told)
    print("held out     cases  similar  right  told   error  of wrong: unknown  of right: told")
    for kind, cases in by_kind.items():
        held = [one for one in cases if one.confidence is not None]
        sure = np.array([one.confidence for one in held], dtype=np.float64)
        right = np.array([one.right for one in held])
        error = quality.calibration_error(list(sure), list(right))
        print(
            f"{kind:<12} {len(cases):>5}  {len(held):>7}  {right.mean():.3f}  {sure.mean():.3f}"
            f"  {error:.3f}  {np.mean(sure[~right] < SURE):>17.2f}"
            f"  {np.mean(sure[right] >= SURE):>14.2f}"
        )
    taken = np.percentile([one.milliseconds for one in told], [50, 95])
    print(f"a diagnosis of an understood report: p50 {taken[0]:.0f}, p95 {taken[1]:.0f} ms")


def fit(told: Sequence[Told]) -> dict[str, float]:
    """Fit the logistic by Newton's method, with a little ridge, and give its coefficients."""
    held = [(one.evidence, one.right) for one in told if one.evidence is not None]
    rows = np.array([_row(evidence) for evidence, _ in held])
    right = np.array([float(was) for _, was in held])
    found = np.zeros(rows.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (right - chance) - RIDGE * found
        bend = (rows * (chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(len(found))
        found += np.linalg.solve(bend, slope)
    return dict(zip(COEFFICIENTS, found.tolist(), strict=True))


def _row(held: CalibrationFeatures) -> tuple[float, ...]:
    return (
        1.0,
        held.codes,
        held.symptoms,
        log1p(max(held.words, calibration.LEAST_WORDS)),
        log1p(held.length),
        float(held.level),
        held.margin,
        float(held.other_model),
        float(held.other_codes),
    )


def write(told: Sequence[Told]) -> None:
    """Keep the synthetic cases that were held out, as numbers: a test holds the fit to them."""
    lines = ["codes,symptoms,words,length,level,margin,other_model,other_codes,right"]
    for one in told:
        if one.evidence is not None and one.case.synthetic and not one.case.fitted:
            numbers = [f"{float(value):.4g}" for value in astuple(one.evidence)]
            lines.append(",".join((*numbers, str(int(one.right)))))
    HELD_OUT.write_text("\n".join(lines) + "\n")


def main() -> None:
    """Fit anew what serves without chances; `--write` keeps the cases that were held out."""
    told = asyncio.run(diagnosed(chances=False))
    for name, value in fit([one for one in told if one.case.fitted]).items():
        print(f"{name:<12} {value:6.2f}  serves with {getattr(calibration, name):6.2f}")
    _print([one for one in told if not one.case.fitted])
    if "--write" in sys.argv:
        write(told)


if __name__ == "__main__":
    main()
