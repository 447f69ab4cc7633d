"""From what matching answers to what the API speaks of."""

import strawberry

from domain.hazards import SafetyAdvice
from domain.languages import Language, reader_language
from domain.matches import LEVELS, Level, UnderstoodReport
from matching.answers import Match, MatchAnswer
from matching.diagnosis.answers import Diagnosis, DiagnosticCheck, PossibleCause
from matching.fusion import Contribution
from repair import symptoms
from schema import diagnoses, hazards, matching, reasons, symptom_readings


def matches_answer(answer: MatchAnswer, understood: UnderstoodReport) -> matching.Matches:
    reader = reader_language(understood.language)
    return matching.Matches(
        safety=hazards.SafetyAdvice.from_domain(understood.safety),
        note=understood.report.note,
        matches=[_match_of(match, answer.level, reader) for match in answer.matches],
        level=answer.level,
        degraded=answer.degraded,
        ranker=answer.ranker,
        prompt=answer.prompt,
        shortened=answer.shortened,
        chance=answer.chance,
        failures=[
            matching.FailureMatches(
                text=one.text,
                matches=[_match_of(match, answer.level, reader) for match in one.matches],
                prompt=one.prompt,
                chance=one.chance,
            )
            for one in answer.failures
        ],
    )


def symptoms_answer(
    found: symptoms.SymptomReading, understood: UnderstoodReport
) -> symptom_readings.SymptomReading:
    return symptom_readings.SymptomReading(
        safety=hazards.SafetyAdvice.from_domain(understood.safety),
        symptoms=[symptom_readings.ReadSymptom.from_domain(one) for one in found.symptoms],
        model=found.model,
        note=understood.report.note,
    )


def diagnosis_answer(found: Diagnosis, understood: UnderstoodReport) -> diagnoses.Diagnosis:
    return _diagnosis(found, understood, understood.report.note, understood.safety)


def _diagnosis(
    found: Diagnosis,
    understood: UnderstoodReport,
    note: str | None = None,
    safety: SafetyAdvice | None = None,
) -> diagnoses.Diagnosis:
    """Give a diagnosis; those of the other failures have neither note nor safety of their own."""
    reader = reader_language(understood.language)
    return diagnoses.Diagnosis(
        safety=hazards.SafetyAdvice.from_domain(safety),
        note=note,
        cause=None if found.cause is None else _possible_cause(found.cause),
        suspects=[_possible_cause(cause) for cause in found.suspects],
        checks=[_diagnostic_check(check) for check in found.checks],
        questions=[
            diagnoses.DiagnosticQuestion(kind=diagnoses.QuestionKind(one.kind.value), text=one.text)
            for one in found.questions
        ],
        reasoning=found.reasoning,
        reasoner=found.reasoner,
        precedents=[
            diagnoses.Precedent(
                similarity=one.similarity, suggestion=_match_of(one.match, found.level, reader)
            )
            for one in found.precedents
        ],
        level=found.level,
        degraded=found.degraded,
        truncated=found.truncated,
        text=found.text,
        others=[_diagnosis(other, understood) for other in found.others],
        ranker=found.ranker,
        chance=found.chance,
    )


def _possible_cause(value: PossibleCause) -> diagnoses.PossibleCause:
    return diagnoses.PossibleCause(
        text=value.text,
        confidence=value.confidence,
        cites=[strawberry.ID(card) for card in value.cites],
    )


def _diagnostic_check(value: DiagnosticCheck) -> diagnoses.DiagnosticCheck:
    return diagnoses.DiagnosticCheck(action=value.action, safety=value.safety, card_key=value.card)


def _match_of(value: Match, level: Level, reader: Language) -> matching.Match:
    card = value.card
    return matching.Match(
        rank=value.rank,
        score=value.score,
        chance=value.chance,
        standing=value.standing,
        vehicle_level=card.vehicle_level,
        campaign=card.campaign,
        reasons=[reasons.Reason.from_domain(reason, reader) for reason in value.reasons],
        why=value.reasons,
        reader=reader,
        contributions=[_contribution_of(c) for c in value.candidate.contributions],
        title=card.title,
        recheck=card.recheck,
        card_key=card.id,
        remembered=LEVELS[level].remembered,
    )


def _contribution_of(value: Contribution) -> matching.Contribution:
    return matching.Contribution(
        source=value.source,
        rank=value.rank,
        score=value.score,
        share=value.share,
        via=list(value.via),
    )
