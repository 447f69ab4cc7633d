"""From what matching answers to what the API speaks of."""

import strawberry

from domain.matches import Level
from matching.answers import Answer, Match
from matching.diagnosis.answers import Cause, Check, Diagnosis
from matching.fusion import Contribution
from matching.reasons import Reason
from schema import diagnoses, matches, reasons
from schema.usage import Rate


def matched(answer: Answer) -> matches.Matches:
    return matches.Matches(
        matches=[_match(match, answer.level) for match in answer.matches],
        level=answer.level,
        degraded=answer.degraded,
        ranker=answer.ranker,
        prompt=answer.prompt,
        shortened=answer.shortened,
    )


def diagnosed(found: Diagnosis) -> diagnoses.Diagnosis:
    return diagnoses.Diagnosis(
        cause=None if found.cause is None else _cause(found.cause),
        suspects=[_cause(cause) for cause in found.suspects],
        checks=[_check(check) for check in found.checks],
        reasoning=found.reasoning,
        reasoner=found.reasoner,
        precedents=[
            diagnoses.Precedent(
                similarity=one.similarity, suggestion=_match(one.match, found.level)
            )
            for one in found.precedents
        ],
        level=found.level,
        degraded=found.degraded,
        truncated=found.truncated,
    )


def _cause(value: Cause) -> diagnoses.PossibleCause:
    return diagnoses.PossibleCause(
        text=value.text,
        confidence=value.confidence,
        cites=[strawberry.ID(card) for card in value.cites],
    )


def _check(value: Check) -> diagnoses.DiagnosticCheck:
    return diagnoses.DiagnosticCheck(action=value.action, safety=value.safety, card_key=value.card)


def _match(value: Match, level: Level) -> matches.Match:
    card = value.card
    return matches.Match(
        rank=value.rank,
        score=value.score,
        standing=reasons.Standing(value.standing.value),
        vehicle_level=card.vehicle_level,
        campaign=card.campaign,
        sentence=value.sentence,
        reasons=[_reason(reason) for reason in value.reasons],
        contributions=[_contribution(c) for c in value.candidate.contributions],
        title=card.title,
        recheck=card.recheck,
        card_key=card.id,
        remembered=level is Level.RECENT,
    )


def _reason(value: Reason) -> reasons.Reason:
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


def _contribution(value: Contribution) -> matches.Contribution:
    return matches.Contribution(
        source=value.source,
        rank=value.rank,
        score=value.score,
        share=value.share,
        via=list(value.via),
    )
