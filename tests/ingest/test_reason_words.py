"""No sentence about any shipped card shows what is for programs alone, in either language."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from domain.cards import FailureCard
from domain.codes import CodeStatus, ToldCode, parse_trouble_code
from domain.languages import Language
from domain.matches import CardFacts, CardHit, Source, UnderstoodReport, VehicleLevel
from domain.reason_sentences import reason_clause, suggestion_sentence
from domain.reasons import Reason, ReasonKind, Standing
from domain.reports import FailureReport
from domain.tickets import SeenSymptom
from domain.usage import Usage
from domain.vehicles import VehicleContext
from ingest.batch import ImportBatch
from ingest.symptom_figures import card_figures, told_figures
from ingest.translations import translate_name
from matching.fusion import fuse_lists
from matching.reasons import find_reasons, named_path, path_reason
from tests.matching.samples import FACTS

# Keys, places, counts of nothing, placeholders, names of our code.
FOREIGN = re.compile(
    r"SYM_|\bfc_|\b[a-z]+_[a-z_]+\b|[a-z]+:[A-Z0-9]|n = |cosine|number \d|\bNone\b|\bnull\b"
    r"|[{}<>\[\]]|“”|\(\)|  |\.\.|,\s*[,.;]"
)
DEVANAGARI = re.compile(r"[\u0900-\u097f]")
USES = (Usage(), Usage(used=1, failures=1), Usage(matched=9, used=9, successes=8, failures=1))
PATHS = ("symptom", "code", "model", "make", "firmware", "supplier", "batch", "climate", "season")


def _facts(card: FailureCard, names: dict[str, str], drawn: random.Random) -> CardFacts:
    component = card.signature.component
    return replace(
        FACTS,
        id=card.id,
        title=card.title,
        text=card.signature.text,
        codes=card.signature.error_codes,
        symptoms=card.signature.symptoms,
        component=component,
        component_name=names.get(component or ""),
        vehicle_level=drawn.choice([*VehicleLevel]),
        fits=("tata",),
        usage=drawn.choice(USES),
    )


def _report(of: FailureCard, other: FailureCard, names: dict[str, str]) -> UnderstoodReport:
    """Give what a report of one card tells that denies what another one shows."""
    told = tuple(
        ToldCode(parse_trouble_code(key.partition(":")[2]), CodeStatus.STORED)
        for key in of.signature.error_codes
    )
    said = FailureReport(text=of.signature.text, vehicle=VehicleContext(make="Ather"))
    return UnderstoodReport(
        report=said,
        codes=of.signature.error_codes,
        told_codes=told,
        symptoms=tuple(SeenSymptom(code=one, confidence=0.9) for one in of.signature.symptoms),
        denied=tuple(set(other.signature.symptoms) - set(of.signature.symptoms)),
        figures=told_figures(of.signature.text),
        names=names,
        vehicle=said.vehicle,
    )


def _reasons(said: UnderstoodReport, card: CardFacts, drawn: random.Random) -> Iterator[Reason]:
    hit = CardHit(card=card.id, score=drawn.random(), via=(card.component or "",))
    lists = {source: [hit] for source in drawn.sample([*Source], 3)}
    yield from find_reasons(said, fuse_lists(lists)[0], card, card_figures(card.text))
    symptom = said.symptoms[0].code if said.symptoms else "SYM_BATT_001"
    for kind in drawn.sample(PATHS, 3):
        thing = f"{kind}:{symptom if kind == 'symptom' else 'sae:P0A80'}"
        yield named_path(said, path_reason(thing, 1, drawn.choice([0, 1, 3])))


@pytest.mark.row("PI-7")
@pytest.mark.parametrize("language", [*Language])
def test_no_sentence_shows_what_is_for_programs(shipped: ImportBatch, language: Language) -> None:
    drawn = random.Random(26)  # noqa: S311 - repeatable draws
    symptoms = {one.code: one.text for one in shipped.symptoms}
    components = {one.id: one.name for one in shipped.components}
    foreign, kinds = set[str](), set[ReasonKind]()
    for card in shipped.cards:
        for other in (card, *drawn.sample(shipped.cards, 5)):
            said = _report(card, other, drawn.choice([symptoms, {}]))
            why = [*_reasons(said, _facts(other, components, drawn), drawn)]
            kinds |= {one.kind for one in why}
            told = [reason_clause(one, language, translate_name) for one in why]
            standing, chance = drawn.choice([*Standing]), drawn.choice([None, drawn.random()])
            told.append(suggestion_sentence(why, standing, language, translate_name, chance))
            foreign |= {text for text in told if FOREIGN.search(text)}
            if language is Language.HINDI:
                foreign |= {text for text in told if not DEVANAGARI.search(text)}
    assert foreign == set()
    assert kinds == {*ReasonKind}


def test_every_symptom_and_component_has_a_hindi_name(shipped: ImportBatch) -> None:
    wanted = {one.text for one in shipped.symptoms} | {one.name for one in shipped.components}
    assert {name for name in wanted if translate_name(name, Language.HINDI) is None} == set()
