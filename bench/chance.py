"""How well it knows what it does not know: chances on real cases, cross-fitted by campaign.

Every case of `bench/chance_cases.py` is matched four times through the real store and the matcher
that serves: with its vehicle and without, with its right cards there and taken away (their known
sisters too). What the matcher looked at is kept; fits on nine tenths of the campaigns judge the
tenth. Beside the real cases they learn from synthetic ones of the shipped cards, since no public
data joins codes to fixes. `python -m bench.chance` fits anew on all and writes the coefficients.
"""

import asyncio
import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Any

from bench import chance_bars
from bench.bars import Bar
from bench.chance_cases import RealCase, campaign_pool, case_report, real_cases
from bench.chance_fit import MEANING, JudgedList, fit_chances, write_fits
from bench.diagnosis_cases import Case, field_cases
from bench.quality import JARS, NHTSA
from domain.access import Viewer
from domain.cards import FailureCard
from domain.codes import CodeKey
from domain.ids import CardId, GarageId
from domain.matches import (
    CardFacts,
    CardHit,
    Embedding,
    ReportTraits,
    Source,
    UnderstoodReport,
)
from ingest import knowledge, recalls
from ingest.batch import ImportBatch
from ingest.imports import import_batch
from matching.answers import Match
from matching.chance import LOOKED_AT, ListChance
from matching.chance_features import Features, card_features, look_at
from matching.evidence_ranker import EvidenceRanker
from matching.matcher import Matcher
from matching.rankers import RankedCard
from matching.word_rarity import WordRarity
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.wiring import Runtime, count_words, open_runtime

SYNTHETIC, SEED = 350, 5
OPERATOR = Viewer(sees_all=True)
PATIENCE_S = 60.0


@dataclass(slots=True)
class RecordedChances:
    """A model of chances that keeps what it was shown, and shows everything."""

    features: Sequence[Features] = ()
    cards: Sequence[CardFacts] = ()

    def judge(
        self,
        understood: UnderstoodReport,
        found: Sequence[tuple[RankedCard, CardFacts]],
        rarity: WordRarity,
    ) -> ListChance:
        looked = look_at(understood, found[:LOOKED_AT], rarity)
        self.features = card_features(understood, looked)
        self.cards = [one.card for one in looked]
        return ListChance(1.0, shown=True, cards={})


@dataclass(slots=True)
class SearchWithout:
    """A search that has never heard of some cards."""

    search: Any
    unknown: frozenset[CardId] = frozenset()

    async def by_codes(
        self, keys: Sequence[CodeKey], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        return self._known(await self.search.by_codes(keys, viewer, limit, beside))

    async def by_vehicle(
        self, symptoms: Sequence[str], viewer: Viewer, limit: int, beside: ReportTraits
    ) -> list[CardHit]:
        return self._known(await self.search.by_vehicle(symptoms, viewer, limit, beside))

    async def by_meaning(
        self, embedding: Embedding, viewer: Viewer, limit: int, *, beside: ReportTraits
    ) -> list[CardHit]:
        return self._known(await self.search.by_meaning(embedding, viewer, limit, beside=beside))

    async def by_words_and_vehicle(
        self,
        text: str,
        symptoms: Sequence[str],
        viewer: Viewer,
        limits: Mapping[Source, int],
        beside: ReportTraits,
    ) -> tuple[list[CardHit], list[CardHit]]:
        found = await self.search.by_words_and_vehicle(text, symptoms, viewer, limits, beside)
        return self._known(found[0]), self._known(found[1])

    async def by_neighbours(
        self,
        codes: Sequence[CodeKey],
        symptoms: Sequence[str],
        viewer: Viewer,
        limit: int,
        beside: ReportTraits,
    ) -> list[CardHit]:
        found = await self.search.by_neighbours(codes, symptoms, viewer, limit, beside)
        return self._known(found)

    async def facts(
        self, ids: Sequence[CardId], viewer: Viewer, beside: ReportTraits
    ) -> dict[CardId, CardFacts]:
        return await self.search.facts(ids, viewer, beside)

    def _known(self, hits: list[CardHit]) -> list[CardHit]:
        return [hit for hit in hits if hit.card not in self.unknown]


@dataclass(slots=True)
class NoMemory:
    """Nothing is remembered from one case to the next."""

    async def remember(self, garage: GarageId, matches: Sequence[Match]) -> None:
        del garage, matches

    async def recall(self, garage: GarageId, understood: UnderstoodReport) -> list[Match]:
        del garage, understood
        return []


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the matcher that serves, with some cards away, and keeps what it looked at."""

    house: Runtime
    cards: Sequence[FailureCard]

    async def look(
        self, understood: UnderstoodReport, right: frozenset[str], away: frozenset[str]
    ) -> tuple[Sequence[Features], list[bool]]:
        search = SearchWithout(self.house.search, self._ids(away))
        matcher = Matcher(search, EvidenceRanker(), NoMemory(), PATIENCE_S)
        kept = matcher.chances = RecordedChances()
        matcher.rarity = self.house.matcher.rarity
        await matcher.match(understood, OPERATOR)
        return kept.features, [bool({c.id, c.campaign or ""} & right) for c in kept.cards]

    def _ids(self, names: frozenset[str]) -> frozenset[CardId]:
        return frozenset(c.id for c in self.cards if {c.id, c.provenance.campaign or ""} & names)


async def run() -> list[Bar]:
    """Match every case on real stores, cross-fit, and print the bars."""
    if not NHTSA.is_dir():
        print(f"skipped: {NHTSA} is not there")
        return []
    real, synthetic = await judged_lists()
    return chance_bars.bars_of(chance_bars.judge_unseen(real, synthetic))


async def judged_lists() -> tuple[list[JudgedList], list[JudgedList]]:
    """Load what is known into empty stores and look at all cases, the real and the synthetic."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            async with open_runtime(Settings(home=home.root)) as house:
                for batch in (knowledge.read_knowledge(knowledge.SHIPPED), _campaigns()):
                    await import_batch(batch, house, skip_bad=True)
                return await look_at_cases(house)
        finally:
            stores.stop_stores(home)


async def look_at_cases(house: Runtime) -> tuple[list[JudgedList], list[JudgedList]]:
    """Look at all cases in a house that has the shipped cards and the campaigns."""
    await house.reader.refresh(house.vocabulary)
    await house.reader.learn()
    await count_words(house)
    shipped, campaigns = knowledge.read_knowledge(knowledge.SHIPPED), _campaigns()
    asker = Asker(house, [*shipped.cards, *campaigns.cards])
    cases = real_cases(NHTSA, campaigns.cards)
    names = campaign_pool(NHTSA, campaigns.cards).names
    print(f"{len(cases)} real cases of {len({case.group for case in cases})} groups of campaigns")
    real = [one for case in cases for one in await _look_at_real(asker, case, names)]
    field = islice(field_cases(shipped, 2 * SYNTHETIC, Random(SEED)), SYNTHETIC)
    return real, [await _look_at_synthetic(asker, case) for case in field]


async def _look_at_real(asker: Asker, case: RealCase, names: re.Pattern[str]) -> list[JudgedList]:
    found: list[JudgedList] = []
    ok = case.right | case.sisters
    for given in (False, True):
        report = case_report(case, names, given=given)
        understood = await asker.house.reader.understand(report)
        for gone in (False, True):
            away = case.own | ok if gone else case.own
            features, right = await asker.look(understood, ok, away)
            found.append(
                JudgedList(
                    features=features,
                    right=right,
                    gone=gone,
                    group=case.group,
                    name=f"{case.kind} {min(case.right)}",
                    kind=case.kind,
                    given=given,
                )
            )
    return found


async def _look_at_synthetic(asker: Asker, case: Case) -> JudgedList:
    understood = await asker.house.reader.understand(case.report)
    away = case.right if case.gone else frozenset[str]()
    features, right = await asker.look(understood, case.right, away)
    card = min(case.right)
    return JudgedList(
        features=features,
        right=right,
        gone=case.gone,
        group=card,
        name=f"{case.kind} {card}",
        kind=case.kind,
        given=case.report.vehicle.make is not None,
        counts=False,
    )


def _campaigns() -> ImportBatch:
    return recalls.read_campaigns(NHTSA)


def fit_anew(real: Sequence[JudgedList], synthetic: Sequence[JudgedList]) -> None:
    """Fit on all cases and write the coefficients that serve."""
    every = [*real, *synthetic]
    write_fits(fit_chances(every), fit_chances(every, MEANING), every)


def main() -> None:
    """Print the bars, cross-fitted, then fit on all cases and write what serves."""
    real, synthetic = asyncio.run(judged_lists())
    for bar in chance_bars.bars_of(chance_bars.judge_unseen(real, synthetic)):
        print(bar)
    fit_anew(real, synthetic)


if __name__ == "__main__":
    main()
