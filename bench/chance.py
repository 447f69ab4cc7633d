"""How well it knows what it does not know: chances on real cases, cross-fitted by campaign.

Every case of `bench/chance_cases.py` is matched four times through the real store and the matcher
that serves: with its vehicle and without, with its right cards there and taken away (their known
sisters too). What the matcher looked at is kept; fits on nine tenths of the campaigns judge the
tenth. Beside the real cases they learn from synthetic ones of the shipped cards, since no public
data joins codes to fixes, and from one half of the short reports (`bench/chance_reports.py`); the
other half is measured apart. `python -m bench.chance` fits anew and writes the coefficients.
"""

import asyncio
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from bench import chance_bars
from bench.bars import Bar
from bench.chance_cases import RealCase, campaign_pool, case_report, real_cases
from bench.chance_fit import MEANING, JudgedList, fit_chances, write_fits
from bench.chance_reports import ShortCase, is_held_out, short_cases
from bench.chance_search import NoMemory, RecordedChances, RememberedSearch, SearchWithout
from bench.diagnosis_cases import Case, field_cases
from bench.quality import JARS, NHTSA
from domain.access import Viewer
from domain.cards import FailureCard
from domain.ids import CardId
from domain.matches import UnderstoodReport
from domain.reports import FailureReport
from ingest import knowledge, recalls
from ingest.batch import ImportBatch
from ingest.imports import import_batch
from matching.chance_features import Features
from matching.evidence_ranker import EvidenceRanker
from matching.matcher import Matcher
from web.local import stores
from web.local.home import StoreHome
from web.settings import Settings
from web.wiring import Runtime, count_words, open_runtime

SYNTHETIC, SEED = 350, 5
OPERATOR = Viewer(sees_all=True)
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the matcher that serves, with some cards away, and keeps what it looked at.

    A report that tells several failures is looked at as one.
    """

    house: Runtime
    cards: Sequence[FailureCard]

    def remember(self) -> RememberedSearch:
        """Give a search for one reading of one report."""
        return RememberedSearch(self.house.search)

    async def look(
        self,
        search: RememberedSearch,
        understood: UnderstoodReport,
        right: frozenset[str],
        away: frozenset[str],
    ) -> tuple[Sequence[Features], list[bool]]:
        without = SearchWithout(search, self._ids(away))
        matcher = Matcher(without, EvidenceRanker(), NoMemory(), PATIENCE_S)
        kept = matcher.chances = RecordedChances()
        matcher.rarity = self.house.matcher.rarity
        await matcher.match(replace(understood, failures=()), OPERATOR)
        return kept.features, [bool({c.id, c.campaign or ""} & right) for c in kept.cards]

    def _ids(self, names: frozenset[str]) -> frozenset[CardId]:
        return frozenset(c.id for c in self.cards if {c.id, c.provenance.campaign or ""} & names)


@dataclass(frozen=True, slots=True)
class JudgedLists:
    """What the matcher looked at for the real cases, for what is fitted beside, and for the rest.

    Attributes:
        short: the half of the short reports that no fit sees.
    """

    real: list[JudgedList]
    besides: list[JudgedList]
    short: list[JudgedList]

    def bars(self) -> list[Bar]:
        """Give the bars of the real cases, and print them and what the short reports show."""
        bars = chance_bars.bars_of(chance_bars.judge_unseen(self.real, self.besides))
        chance_bars.print_short(self.short, fit_chances([*self.real, *self.besides]))
        return bars

    def fit_anew(self) -> None:
        """Fit on all that may be seen and write the coefficients that serve."""
        seen = [*self.real, *self.besides]
        write_fits(fit_chances(seen), fit_chances(seen, MEANING), seen)


async def run() -> list[Bar]:
    """Match every case on real stores, cross-fit, and print the bars."""
    if not NHTSA.is_dir():
        print(f"skipped: {NHTSA} is not there")
        return []
    return (await judged_lists()).bars()


async def judged_lists() -> JudgedLists:
    """Load what is known into empty stores and look at all cases, the real and the synthetic."""
    with tempfile.TemporaryDirectory() as folder:
        home = StoreHome.at(folder, JARS)
        try:
            async with open_runtime(Settings(home=home.root)) as house:
                for batch in (knowledge.read_knowledge(knowledge.SHIPPED), _campaigns()):
                    await import_batch(batch, house, skip_bad=True)
                    print(f"loaded {len(batch.cards)} cards", flush=True)
                return await look_at_cases(house)
        finally:
            stores.stop_stores(home)


async def look_at_cases(house: Runtime) -> JudgedLists:
    """Look at all cases in a house that has the shipped cards and the campaigns."""
    await house.reader.refresh(house.vocabulary)
    await house.reader.learn()
    await count_words(house)
    shipped, campaigns = knowledge.read_knowledge(knowledge.SHIPPED), _campaigns()
    asker = Asker(house, [*shipped.cards, *campaigns.cards])
    cases = real_cases(NHTSA, campaigns.cards)
    names = campaign_pool(NHTSA, campaigns.cards).names
    groups = {case.group for case in cases}
    print(f"{len(cases)} real cases of {len(groups)} groups of campaigns", flush=True)
    real = [one for case in cases for one in await _look_at_real(asker, case, names)]
    print(f"{len(real)} lists of them", flush=True)
    field = islice(field_cases(shipped, 3 * SYNTHETIC, Random(SEED)), 2 * SYNTHETIC)
    fitted = [case for case in field if not is_held_out(min(case.right))][:SYNTHETIC]
    besides = [await _look_at_synthetic(asker, case) for case in fitted]
    short = [(case, await _look_at_short(asker, case)) for case in short_cases(shipped.cards)]
    besides += [one for case, one in short if not case.held_out]
    return JudgedLists(real, besides, [one for case, one in short if case.held_out])


async def _look_at_real(asker: Asker, case: RealCase, names: re.Pattern[str]) -> list[JudgedList]:
    found: list[JudgedList] = []
    ok = case.right | case.sisters
    for given in (False, True):
        report = case_report(case, names, given=given)
        understood = await asker.house.reader.understand(report)
        search = asker.remember()
        for gone in (False, True):
            away = case.own | ok if gone else case.own
            features, right = await asker.look(search, understood, ok, away)
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
    away = case.right if case.gone else frozenset[str]()
    card = min(case.right)
    return await _look_once(asker, case.report, (case.right, away), card, case.kind)


async def _look_at_short(asker: Asker, case: ShortCase) -> JudgedList:
    return await _look_once(asker, case.report, (case.right, case.away), case.group, "short")


async def _look_once(
    asker: Asker,
    report: FailureReport,
    cards: tuple[frozenset[str], frozenset[str]],
    group: str,
    kind: str,
) -> JudgedList:
    """Look at a report of a shipped card; `cards` are those that are right, and those away."""
    right, away = cards
    understood = await asker.house.reader.understand(report)
    features, told = await asker.look(asker.remember(), understood, right, away)
    return JudgedList(
        features=features,
        right=told,
        gone=not right or bool(away),
        group=group,
        name=f"{kind} {group}",
        kind=kind,
        given=report.vehicle.make is not None,
        counts=False,
    )


def _campaigns() -> ImportBatch:
    return recalls.read_campaigns(NHTSA)


def main() -> None:
    """Print the bars, cross-fitted, then fit on all that may be seen and write what serves."""
    lists = asyncio.run(judged_lists())
    for bar in lists.bars():
        print(bar)
    lists.fit_anew()


if __name__ == "__main__":
    main()
