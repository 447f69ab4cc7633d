"""A failure report as the vocabulary sees it: codes, symptoms, vehicle, and its embedding."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Protocol, Self, TypeVar

from domain import codes
from domain.codes import CodeKey, CodeStatus, ErrorCode, ToldCode, TroubleCode
from domain.errors import Unavailable
from domain.hazards import SafetyAdvice
from domain.matches import Embedding, UnderstoodReport
from domain.personal_data import without_masks
from domain.reports import CODES_LIMIT, FailureReport
from domain.tickets import SeenSymptom
from domain.vehicles import VehicleContext, VehicleModel
from domain.vocabulary import Component, Symptom
from ingest.concept_patterns import find_in_language
from ingest.extraction import Clause, TextFinding, find_in_text, split_text, weigh_symptoms
from ingest.failures import split_failures
from ingest.glosses import gloss_clauses, weigh_glosses
from ingest.hazard_classifier import find_meant_hazard
from ingest.hazard_contexts import read_context
from ingest.hazards import find_hazards
from ingest.languages import ENGLISH, HINGLISH
from ingest.lexicon import Lexicon, PhraseKind
from ingest.questions import ends_as_question, is_question
from ingest.safety_advice import advise
from ingest.symptom_figures import find_figures, told_figures
from ingest.typed_codes import read_typed
from ingest.unread_texts import told_in_english, told_language, unread

T = TypeVar("T")
# The scope of a code that no known make uses, on a vehicle whose make is not known.
UNKNOWN_MAKE = "unknown"
MOST_SYMPTOMS = 20
# What is so likely by its meaning in another language is said.
LIKELY_SAID = 0.5
# Up to so many characters, a text is read where it stands: a thread costs more than it saves.
SHORT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWords:
    """What the words of a report say.

    Attributes:
        compared: the clauses to be read by their meaning.
        glossed: those of a text in another language, as English words one after the other.
        failures: the piece of the text that tells each failure, where it tells several.
    """

    said: Sequence[TextFinding]
    compared: Sequence[Clause]
    vehicle: VehicleContext
    safety: SafetyAdvice | None
    failures: Sequence[str]
    language: str = ENGLISH
    glossed: Sequence[Clause] = ()


class VocabularySource(Protocol):
    async def symptoms(self) -> list[Symptom]: ...
    async def components(self) -> list[Component]: ...
    async def error_codes(self) -> list[ErrorCode]: ...
    async def models(self) -> list[VehicleModel]: ...


class ReportEmbedder(Protocol):
    async def embed(self, texts: Sequence[str], *, patient: bool = False) -> list[Embedding]: ...


class ReportReader:
    """Understands reports against one lexicon."""

    def __init__(self, lexicon: Lexicon, embedder: ReportEmbedder) -> None:
        self.lexicon = lexicon
        self._embedder = embedder
        self._apart = ThreadPoolExecutor(1, "reading")

    @classmethod
    async def of(cls, vocabulary: VocabularySource, embedder: ReportEmbedder) -> Self:
        """Read the vocabulary as it stands; `learn` then adds the meaning of its phrases."""
        reader = cls(Lexicon.from_vocabulary(symptoms=()), embedder)
        await reader.refresh(vocabulary)
        return reader

    async def refresh(self, vocabulary: VocabularySource) -> None:
        """Read the vocabulary again, after an import."""
        self.lexicon = Lexicon.from_vocabulary(
            symptoms=await vocabulary.symptoms(),
            components=await vocabulary.components(),
            codes=await vocabulary.error_codes(),
            models=await vocabulary.models(),
        )

    async def learn(self) -> None:
        """Embed the vocabulary's phrases; until then symptoms are found by their words alone.

        Raises:
            Unavailable: the model cannot be loaded.
        """
        lexicon = self.lexicon
        embedded = await self._embedder.embed([p.text for p in lexicon.meant], patient=True)
        if embedded and self.lexicon is lexicon:
            loop = asyncio.get_running_loop()
            learned = await loop.run_in_executor(self._apart, lexicon.with_examples, embedded)
            # The vocabulary may have been read again meanwhile.
            if self.lexicon is lexicon:
                self.lexicon = learned

    async def understand(self, report: FailureReport) -> UnderstoodReport:
        """Give the report in the vocabulary's terms.

        Raises:
            InvalidInput: a typed code does not read as a trouble code.
        """
        read, told = await self._understand(report)
        whole = _with_measured(read, self.lexicon) if report.measured else read
        alone = [replace(report, text=text, codes=()) for text in told]
        each = [(await self._understand(one))[0] for one in alone]
        # A danger comes first; else they stay in the order in which they were told.
        return replace(whole, failures=tuple(sorted(each, key=lambda one: one.safety is None)))

    async def _understand(self, report: FailureReport) -> tuple[UnderstoodReport, Sequence[str]]:
        """Give the report as one failure, and the pieces of its text that tell several."""
        lexicon = self.lexicon
        typed = [one for code in report.codes for one in read_typed(code, lexicon.codes)]
        text = without_masks(report.text)
        words, chances = await self._heard(await self._read(report, text, lexicon), lexicon)
        in_english = told_in_english(text, words, lexicon)
        embedding, by_meaning = await self._weighed(
            text if in_english is None else in_english, words, lexicon
        )
        read = [f.value for f in words.said if _is_told(f, alone=not typed)]
        found = (*(code.bare for code in typed), *read)
        understood = UnderstoodReport(
            report=report,
            codes=tuple(_found_code_keys(found, words.vehicle.make, lexicon))[:CODES_LIMIT],
            told_codes=_told_codes(typed, words.said)[:CODES_LIMIT],
            symptoms=_ranked_symptoms(words.said, chances or by_meaning),
            denied=tuple(sorted(_denied(words.said))),
            figures=told_figures(text),
            vehicle=words.vehicle,
            embedding=embedding,
            safety=words.safety or _meant_danger(text, words.language, in_english, embedding),
            language=words.language,
            in_english=in_english,
            unread=unread(text, words),
        )
        if words.language in {ENGLISH, HINGLISH} and ends_as_question(text):
            understood = replace(understood, symptoms=())
        understood = replace(understood, names=_names(understood, lexicon))
        telling = understood.symptoms or understood.codes or understood.safety
        understood = replace(understood, question=not telling and is_question(text))
        return understood, words.failures

    async def safety(self, text: str) -> SafetyAdvice | None:
        """Give what to do first, where a text tells a danger: of a report that goes no further."""
        return await self._read_apart(text, lambda: advise(text, find_hazards(text)))

    async def _read(self, report: FailureReport, text: str, lexicon: Lexicon) -> ReportWords:
        """Read the words, which a long text does in a thread of its own."""

        def read() -> ReportWords:
            language = told_language(text, lexicon)
            said = (
                *find_in_text(text, lexicon, report.vehicle.make),
                *find_in_language(text, language, lexicon),
            )
            english = lexicon.examples is not None and language in {ENGLISH, HINGLISH}
            return ReportWords(
                said=said,
                language=language,
                compared=split_text(text, said) if english else (),
                glossed=gloss_clauses(text, language) if lexicon.examples is not None else (),
                vehicle=_vehicle_of_report(report, lexicon),
                safety=advise(report.text, find_hazards(report.text)),
                failures=split_failures(text, said),
            )

        return await self._read_apart(text, read)

    async def _read_apart(self, text: str, read: Callable[[], T]) -> T:
        """Read a long text in a thread of its own, since the loop has others waiting."""
        if len(text) <= SHORT:
            return read()
        return await asyncio.get_running_loop().run_in_executor(self._apart, read)

    async def _heard(
        self, words: ReportWords, lexicon: Lexicon
    ) -> tuple[ReportWords, Mapping[str, float]]:
        """Give the words with what they are like in another language, and how likely each is.

        What is likely is taken for said: its English name then stands for the text.
        """
        if not words.glossed:
            return words, {}
        try:
            parts = await self._embedder.embed([clause.text for clause in words.glossed])
        except Unavailable:
            return words, {}
        chances = await asyncio.get_running_loop().run_in_executor(
            self._apart, weigh_glosses, words.said, words.glossed, parts, lexicon
        )
        start, end = words.glossed[0].start, words.glossed[-1].end
        likely = (
            TextFinding(PhraseKind.SYMPTOM, symptom, start, end, chance)
            for symptom, chance in chances.items()
            if chance >= LIKELY_SAID
        )
        known = {f.value for f in words.said if f.kind is PhraseKind.SYMPTOM}
        heard = (finding for finding in likely if finding.value not in known)
        return replace(words, said=(*words.said, *heard)), chances

    async def _weighed(
        self, text: str, words: ReportWords, lexicon: Lexicon
    ) -> tuple[Embedding | None, Mapping[str, float]]:
        """Give the text's embedding, and how likely each symptom is told."""
        untold = weigh_symptoms(words.said, (), (), lexicon)
        if not text:
            return None, untold
        try:
            texts = [text, *(c.text for c in words.compared)]
            whole, *parts = await self._embedder.embed(texts)
        except Unavailable:
            return None, untold
        if not parts:
            return whole, untold
        # Some milliseconds among thousands of examples: the loop has others waiting.
        weigh = partial(weigh_symptoms, words.said, words.compared, parts, lexicon)
        return whole, await asyncio.get_running_loop().run_in_executor(self._apart, weigh)


def _meant_danger(
    text: str, language: str, in_english: str | None, embedding: Embedding | None
) -> SafetyAdvice | None:
    """Give what to do first where no word of danger stands in a text, and its meaning is one."""
    if embedding is None or in_english is not None or language not in {ENGLISH, HINGLISH}:
        return None
    meant = find_meant_hazard(text, embedding)
    if meant is None or read_context(text).is_harmless:
        return None
    return advise(text, [meant])


def code_keys(bare: str, make: str | None, lexicon: Lexicon) -> tuple[CodeKey, ...]:
    """Give the keys a code may have: one when it is shared or the make is known, else several."""
    known = lexicon.codes.get(bare, ())
    if codes.is_shared(bare):
        return (codes.code_key(bare, codes.SAE),)
    if make is None:
        return known or (codes.code_key(bare, UNKNOWN_MAKE),)
    own, shared = codes.code_key(bare, make), codes.code_key(bare, codes.SAE)
    return (shared,) if own not in known and shared in known else (own,)


def _is_told(finding: TextFinding, *, alone: bool) -> bool:
    """Say whether it is a code of the report; one that was cleared only where nothing else is."""
    if finding.kind is not PhraseKind.CODE or finding.negated:
        return False
    return alone or finding.status is not CodeStatus.CLEARED


def _told_codes(typed: Iterable[TroubleCode], said: Iterable[TextFinding]) -> tuple[ToldCode, ...]:
    """Give each code once with what is said of it; a typed one is there if nothing denies it."""
    read = {
        TroubleCode(f.value, f.failure_type): f.status
        for f in said
        if f.kind is PhraseKind.CODE and f.status is not None
    }
    told = dict.fromkeys(typed, CodeStatus.PRESENT) | read
    kinds = {code.bare for code in told if code.failure_type is not None}
    return tuple(
        ToldCode(code, status)
        for code, status in told.items()
        if code.failure_type is not None or code.bare not in kinds
    )


def _found_code_keys(found: Iterable[str], make: str | None, lexicon: Lexicon) -> Iterator[CodeKey]:
    for bare in dict.fromkeys(found):
        yield from code_keys(bare, make, lexicon)


def _vehicle_of_report(report: FailureReport, lexicon: Lexicon) -> VehicleContext:
    """Give the vehicle that was given; where it has no make, the one that the text names."""
    given = report.vehicle
    if given.make is not None:
        return given
    read = lexicon.gazetteer.vehicle(report.text)
    return replace(
        given,
        make=read.make,
        model=read.model,
        year=given.year or read.year,
        category=given.category or read.category,
    )


def _denied(said: Sequence[TextFinding]) -> set[str]:
    """Give the symptoms that the words only deny."""
    told = [f for f in said if f.kind is PhraseKind.SYMPTOM]
    return {f.value for f in told if f.negated} - {f.value for f in told if not f.negated}


def _names(said: UnderstoodReport, lexicon: Lexicon) -> Mapping[str, str]:
    """Give what people call the symptoms that a report speaks of."""
    told = [*(seen.code for seen in said.symptoms), *said.denied]
    return {code: lexicon.symptom_texts[code] for code in told if code in lexicon.symptoms}


def _with_measured(said: UnderstoodReport, lexicon: Lexicon) -> UnderstoodReport:
    """Give a report with what its logs measured: that is believed before what its words tell."""
    measured = said.report.measured
    found = [one for one in find_figures(measured) if one.symptom in lexicon.symptoms]
    good = {one.symptom for one in found if one.negated}
    likely = {one.code: one.confidence for one in said.symptoms if one.code not in good}
    for one in found:
        if not one.negated:
            likely[one.symptom] = max(one.confidence, likely.get(one.symptom, 0.0))
    figures = tuple(one for one in told_figures(measured) if one.symptom in lexicon.symptoms)
    known = {one.symptom for one in figures}
    whole = replace(
        said,
        symptoms=_by_likelihood(likely),
        denied=tuple(sorted({*said.denied, *good} - {*likely})),
        figures=(*figures, *(one for one in said.figures if one.symptom not in known)),
        question=said.question and not likely,
    )
    return replace(whole, names=_names(whole, lexicon))


def _by_likelihood(chances: Mapping[str, float]) -> tuple[SeenSymptom, ...]:
    ranked = sorted(chances.items(), key=lambda item: (-item[1], item[0]))
    seen = (SeenSymptom(code=code, confidence=chance) for code, chance in ranked)
    return tuple(islice(seen, MOST_SYMPTOMS))


def _ranked_symptoms(
    said: Sequence[TextFinding], chances: Mapping[str, float]
) -> tuple[SeenSymptom, ...]:
    """Give the symptoms, the likeliest first; one that the words only deny is left out."""
    denied = _denied(said)
    return _by_likelihood({code: chance for code, chance in chances.items() if code not in denied})
