"""From what matching answers to what the API speaks of."""

import strawberry

from domain.hazards import SafetyAdvice
from domain.matches import LEVELS, Level, UnderstoodReport
from matching.answers import Match, MatchAnswer
from matching.diagnosis.answers import Diagnosis, DiagnosticCheck, PossibleCause
from matching.fusion import Contribution
from matching.reasons import Reason
from repair import symptoms
from schema import diagnoses, hazards, matching, reasons, symptom_readings
from schema.usage import Rate


def matches_answer(answer: MatchAnswer, understood: UnderstoodReport) -> matching.Matches:
    return matching.Matches(
        safety=hazards.SafetyAdvice.from_domain(understood.safety),
        note=understood.report.note,
        matches=[_match_of(match, answer.level) for match in answer.matches],
        level=answer.level,
        degraded=answer.degraded,
        ranker=answer.ranker,
        prompt=answer.prompt,
        shortened=answer.shortened,
        chance=answer.chance,
        failures=[
            matching.FailureMatches(
                text=one.text,
                matches=[_match_of(match, answer.level) for match in one.matches],
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


def diagnosis_answer(
    found: Diagnosis, safety: SafetyAdvice | None, note: str | None
) -> diagnoses.Diagnosis:
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
                similarity=one.similarity, suggestion=_match_of(one.match, found.level)
            )
            for one in found.precedents
        ],
        level=found.level,
        degraded=found.degraded,
        truncated=found.truncated,
        text=found.text,
        others=[diagnosis_answer(other, None, None) for other in found.others],
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


def _match_of(value: Match, level: Level) -> matching.Match:
    card = value.card
    return matching.Match(
        rank=value.rank,
        score=value.score,
        chance=value.chance,
        standing=reasons.Standing(value.standing.value),
        vehicle_level=card.vehicle_level,
        campaign=card.campaign,
        sentence=value.sentence,
        reasons=[_reason_of(reason) for reason in value.reasons],
        contributions=[_contribution_of(c) for c in value.candidate.contributions],
        title=card.title,
        recheck=card.recheck,
        card_key=card.id,
        remembered=LEVELS[level].remembered,
    )


def _reason_of(value: Reason) -> reasons.Reason:
    found = value.outcomes
    rate = None
    if found is not None:
        share = found.successes / found.n if found.n else None
        rate = Rate(value=share, low=found.interval.low, high=found.interval.high, n=found.n)
    return reasons.Reason(
        kind=reasons.ReasonKind(value.kind.value),
        subject=value.subject,
        text=value.text,
        outcomes=rate,
    )


def _contribution_of(value: Contribution) -> matching.Contribution:
    return matching.Contribution(
        source=value.source,
        rank=value.rank,
        score=value.score,
        share=value.share,
        via=list(value.via),
    )
