"""Owners' complaints to the recall they quote, among all campaigns, through the real store.

Peers in the same run: BM25 (`bm25s`, English stop words, Snowball stems), MiniLM alone, their
reciprocal-rank fusion (k = 60), and that fusion with the vehicle as a third list. A document is
component + summary + consequence, as in the published baselines.
"""

import csv
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from bench.bars import Bar, Better
from bench.served_search import with_read_model
from domain.access import Viewer
from domain.cards import FailureCard
from domain.matches import VehicleLevel, closeness
from domain.reports import FailureReport
from domain.vehicles import UNKNOWN, VehicleContext
from ingest import recalls
from ingest.batch import ImportBatch
from ingest.imports import import_batch
from matching import quality
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.wiring import Runtime, open_runtime

NHTSA = Path("../shared/data/nhtsa")
JARS = Path(".battwheels/neo4j/jars")
RATIO = 1.15
DEPTH = 100
K = 60
MODEL_YEARS = range(1950, 2101)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One report whose right campaigns are known."""

    text: str
    vehicle: VehicleContext
    campaigns: frozenset[str]
    symptom: bool


async def run() -> list[Bar]:
    """Load the campaigns into empty stores and print both sets; the labelled one has bars."""
    if not NHTSA.is_dir():
        print(f"skipped: {NHTSA} is not there")
        return []
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            async with open_runtime(Settings(home=home.root)) as house:
                return await _measured(house)
        finally:
            stores.stop_stores(home)


async def _measured(house: Runtime) -> list[Bar]:
    batch = recalls.read_campaigns(NHTSA)
    await import_batch(batch, house, skip_bad=True)
    await house.reader.refresh(house.vocabulary)
    async with with_read_model(house):
        return await _all_compared(house, batch)


async def _all_compared(house: Runtime, batch: ImportBatch) -> list[Bar]:
    # The order is measured, not what is worth showing: nothing is left out.
    house.matcher.chances = None
    pool = Pool(batch.cards, await _vectors(house, [_document(c) for c in batch.cards]))
    complaints, warnings = labelled(), _warnings(pool)
    print(f"{len(pool.cards)} campaigns, {len(complaints)} labelled complaints")
    bars = [
        await _compared(house, pool, complaints, given=False),
        await _compared(house, pool, complaints, given=True),
    ]
    print(f"\nDrivers' warnings of {len(warnings)} defect reports (no bar):")
    await _compared(house, pool, warnings, given=False)
    return bars


class Pool:
    """The campaigns as the baselines see them."""

    def __init__(self, cards: Sequence[FailureCard], vectors: Floats) -> None:
        self.cards = cards
        self.campaigns = [card.provenance.campaign or "" for card in cards]
        self.vectors = vectors
        self._rows = _rows()
        self._stemmer: Any = Stemmer.Stemmer("english")
        self._bm25: Any = bm25s.BM25()
        self._bm25.index(self._tokens([_document(c) for c in cards]), show_progress=False)

    def words(self, text: str) -> Floats:
        found = self._bm25.get_scores(self._tokens([text], ids=False)[0])
        return np.asarray(found, dtype=np.float64)

    def levels(self, vehicle: VehicleContext) -> Floats:
        """Say how closely each campaign's rows fit, as the published baseline reads them."""
        return np.array([float(_level(self._rows[c], vehicle)) for c in self.campaigns])

    def _tokens(self, texts: list[str], *, ids: bool = True) -> Any:  # noqa: ANN401 - untyped
        return bm25s.tokenize(
            texts, stopwords="en", stemmer=self._stemmer, return_ids=ids, show_progress=False
        )


async def _compared(house: Runtime, pool: Pool, cases: Sequence[Case], *, given: bool) -> Bar:
    """Print every method's figures and give the bar of ours against the best peer."""
    print(
        f"\n{'vehicle given' if given else 'text only'}: hit@1 / hit@5 / MRR [95 %] ndcg@5, "
        "p against ours"
    )
    ours = await _ours(house, cases, given=given)
    peers = _peers(pool, cases, await _vectors(house, [c.text for c in cases]), given=given)
    groups = [min(case.campaigns) for case in cases]
    best = max(peers, key=lambda name: quality.reciprocal_ranks(peers[name]).mean())
    for name, ranks in {**peers, "battwheels": ours}.items():
        print(_line(name, ranks, ours, groups))
    chosen = [i for i, case in enumerate(cases) if case.symptom]
    if 0 < len(chosen) < len(cases):
        told = {
            name: [ranks[i] for i in chosen]
            for name, ranks in (*peers.items(), ("battwheels", ours))
        }
        figures = ", ".join(
            f"{n} {quality.reciprocal_ranks(r).mean():.3f}" for n, r in told.items()
        )
        print(f"  of these, the {len(chosen)} that tell a symptom, MRR: {figures}")
    ratio = quality.reciprocal_ranks(ours).mean() / quality.reciprocal_ranks(peers[best]).mean()
    print(f"  {ratio:.2f} times the best of the others ({best})")
    name = "quality_with_vehicle" if given else "quality_text_only"
    return Bar(name=name, measured=float(ratio), goal=RATIO, better=Better.HIGHER)


async def _ours(house: Runtime, cases: Sequence[Case], *, given: bool) -> list[int]:
    ranks: list[int] = []
    for case in cases:
        report = FailureReport.parse(case.text, vehicle=case.vehicle if given else UNKNOWN)
        answer = await house.matcher.match(
            await house.reader.understand(report), Viewer(sees_all=True), DEPTH
        )
        ranking = [match.card.campaign or "" for match in answer.matches]
        ranks.append(quality.rank_of(ranking, case.campaigns))
    return ranks


def _peers(
    pool: Pool, cases: Sequence[Case], vectors: Floats, *, given: bool
) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for case, vector in zip(cases, vectors, strict=True):
        lists = [pool.words(case.text), pool.vectors @ vector]
        scores = {"BM25": lists[0], "MiniLM": lists[1], "RRF": _fused(lists)}
        if given:
            scores["RRF + vehicle"] = _fused([*lists, pool.levels(case.vehicle)])
        for name, values in scores.items():
            places: list[int] = np.argsort(-values, kind="stable").tolist()
            order = [pool.campaigns[i] for i in places]
            found.setdefault(name, []).append(quality.rank_of(order, case.campaigns))
    return found


def _fused(lists: Sequence[Floats]) -> Floats:
    """Sum 1 / (60 + rank); equal scores stand in catalogue order, the peer's best."""
    total = np.zeros(len(lists[0]))
    for values in lists:
        ranks = np.empty(len(values))
        ranks[np.argsort(-values, kind="stable")] = np.arange(1, len(values) + 1)
        total += 1 / (K + ranks)
    return total


def _line(name: str, ranks: list[int], ours: list[int], groups: list[str]) -> str:
    reciprocal = quality.reciprocal_ranks(ranks)
    mrr = quality.estimate_mean(reciprocal, groups)
    one, five = quality.hits_at(ranks, 1).mean(), quality.hits_at(ranks, 5).mean()
    p = quality.paired_p(quality.reciprocal_ranks(ours), reciprocal)
    gain = quality.ranking_metrics([_judged(rank) for rank in ranks]).ndcg_at_5
    return (
        f"  {name:<14} {one:.2f} / {five:.2f} / {mrr.mean:.3f} [{mrr.low:.2f}, {mrr.high:.2f}]"
        f" {gain:.3f}" + ("" if name == "battwheels" else f"  p = {p:.4f}")
    )


def _judged(rank: int) -> quality.JudgedRanking:
    """Give the list of a question with one right answer, up to that answer."""
    return quality.JudgedRanking(gains=(0.0,) * (rank - 1) + (1.0,) if rank else (0.0,))


def _document(card: FailureCard) -> str:
    return card.wording


def _level(vehicles: Sequence[VehicleContext], vehicle: VehicleContext) -> VehicleLevel:
    return max((closeness(v, vehicle) for v in vehicles), default=VehicleLevel.NONE)


def _rows() -> dict[str, list[VehicleContext]]:
    found: dict[str, list[VehicleContext]] = defaultdict(list)
    with (NHTSA / "recalls.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year = int(row["ModelYear"]) if row["ModelYear"].isdigit() else None
            year = year if year in MODEL_YEARS else None
            vehicle = VehicleContext(make=row["Make"], model=row["Model"], year=year)
            found[row["NHTSACampaignNumber"]].append(vehicle)
    return found


async def _vectors(house: Runtime, texts: Sequence[str]) -> Floats:
    return np.array([e.vector for e in await house.embedder.embed(texts)], dtype=np.float64)


def labelled() -> list[Case]:
    """Give the owners' complaints whose campaign is known."""
    with (NHTSA / "labelled_complaints.csv").open(encoding="utf-8", newline="") as file:
        return [
            Case(
                text=row["text"],
                vehicle=VehicleContext(make=row["make"], model=row["model"], year=int(row["year"])),
                campaigns=frozenset(row["campaigns"].replace(",", " ").replace(";", " ").split()),
                symptom=row["has_symptom"] == "True",
            )
            for row in csv.DictReader(file)
        ]


def _warnings(pool: Pool, least: int = 25) -> list[Case]:
    known = set(pool.campaigns)
    with (NHTSA / "part573_reports.csv").open(encoding="utf-8", newline="") as file:
        cases = [
            Case(row["warning"], UNKNOWN, frozenset({row["file"]}), symptom=True)
            for row in csv.DictReader(file)
            if len(row["warning"]) > least
        ]
    return [case for case in cases if case.campaigns & known]
