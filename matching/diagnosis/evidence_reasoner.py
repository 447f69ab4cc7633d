"""The reasoner that needs no language model: it weighs what the graph knows of similar failures.

    weight(card)  = e^score × (1 + worked) / (2 + worked + failed)
    belief(cause) = Σ over cards weight × share of the cause in the card
    share         = the card's own confidence for its primary cause; its secondary causes divide the
                    rest equally

`score` is the ranker's (`matching.evidence_ranker`, a conditional logit: e^score is the odds of
being the right card), the second factor the mean of a Beta prior over what happened when the card's
repair was done. Causes are the same when their words are (`domain.signature.cause_key`). The order
of the causes is the order of belief; how likely the first one is right is learnt from labelled
cases (`calibration`), the others stand to it as their beliefs do.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

from domain import effectiveness
from domain.cards import RepairStep
from domain.ids import CardId
from domain.languages import Language
from domain.matches import Level, UnderstoodReport, VehicleLevel
from domain.reason_sentences import suggestion_sentence
from domain.signature import cause_key, group_by_cause, split_words
from matching.answers import Match, MatchAnswer
from matching.chance import SURE
from matching.diagnosis import calibration, retrieval
from matching.diagnosis.answers import Diagnosis, DiagnosticCheck, PossibleCause, Precedent
from matching.diagnosis.questions import is_inspection

NAME = "graph-evidence-1"
# How sure a card is of its primary cause where that could not be read: as most are.
USUAL = 0.8
# From this on a cause is called the cause: it is more likely than not. One whose card has a chance
# needs more (`matching.chance.SURE`).
LIKELY = 0.5
# What a report must tell before a cause is named: so many words, or a code, or fewer and the model.
ENOUGH, CODE_TELLS, MODEL_TELLS = 4, 4, 2
SUSPECTS = 4
CHECKS_OF = (3, 2, 1)
UNKNOWN = "No known failure is similar enough to reason from."
SILENT = "The graph does not answer, so nothing can be weighed. Lately matched here and similar: "


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseBelief:
    """A cause, how much of all belief it has (0..1), and the cards behind it, best first."""

    text: str
    share: float
    cites: tuple[CardId, ...]


def diagnose_from_evidence(
    understood: UnderstoodReport,
    found: Sequence[Precedent],
    level: Level,
    degraded: str | None = None,
) -> Diagnosis:
    """Give the diagnosis that the precedents bear out; unknown when they bear out none."""
    causes = _likely_causes(weigh_causes(found), understood, found)
    likely = causes[0] if causes and _may_be_told(understood, found, causes[0]) else None
    return Diagnosis(
        cause=likely,
        suspects=tuple(causes[1 if likely else 0 :][:SUSPECTS]),
        checks=choose_checks(found, causes),
        reasoning=_explain_reasoning(found, causes, likely),
        reasoner=NAME,
        level=level,
        precedents=retrieval.precedents_of(found),
        degraded=degraded,
    )


def diagnose_nothing(answer: MatchAnswer) -> Diagnosis:
    """Give the diagnosis of a text that tells no failure: how to go on, as the match says it."""
    return Diagnosis(
        cause=None,
        suspects=(),
        checks=(),
        reasoning=answer.prompt or UNKNOWN,
        reasoner=NAME,
        level=answer.level,
        precedents=(),
    )


def says_enough(understood: UnderstoodReport) -> bool:
    """Say whether a report tells enough to name a cause by: "not starting" never does."""
    told = len({word for word in split_words(understood.report.text) if len(word) > 1})
    model = MODEL_TELLS if understood.vehicle.model else 0
    return told + model + CODE_TELLS * len(understood.codes) >= ENOUGH


def _may_be_told(
    understood: UnderstoodReport, found: Sequence[Precedent], first: PossibleCause
) -> bool:
    leading = next(one for one in found if one.id in first.cites)
    least = LIKELY if leading.match.chance is None else SURE
    return first.confidence >= least and says_enough(understood)


def diagnose_from_memory(understood: UnderstoodReport, answer: MatchAnswer) -> Diagnosis:
    """Give what the garage's recent matches tell while the graph is silent: suspects, worth 0.

    How well they fit was measured against other reports; only codes and symptoms are held anew.
    """
    forgotten = [
        replace(m, card=replace(m.card, cosine=None, vehicle_level=VehicleLevel.NONE))
        for m in answer.matches
    ]
    found = retrieval.find_precedents(understood, forgotten, None)
    texts = group_by_cause(text for one in found for text in one.match.card.causes[:1])
    named = ", ".join(f"{one.match.card.title} ({one.id})" for one in found)
    return Diagnosis(
        cause=None,
        suspects=tuple(
            PossibleCause(
                text=text,
                confidence=0.0,
                cites=tuple(p.id for p in found if key in group_by_cause(p.match.card.causes)),
            )
            for key, text in texts.items()
        ),
        checks=(),
        reasoning=f"{SILENT}{named}." if found else answer.prompt or UNKNOWN,
        reasoner=NAME,
        level=answer.level,
        precedents=found,
        degraded=answer.degraded,
    )


def weigh_causes(found: Sequence[Precedent]) -> list[CauseBelief]:
    """Give every cause that the precedents name, the most believed first."""
    best = max((p.match.score for p in found), default=0.0)
    whole: dict[str, float] = defaultdict(float)
    cites: dict[str, list[CardId]] = defaultdict(list)
    texts: dict[str, str] = {}
    for one in found:
        usage = one.match.card.usage
        works = effectiveness.beta_mean(usage.successes, usage.failures)
        # Scores are taken from the best: e^score alone would grow beyond any number.
        weight = exp(one.match.score - best) * works
        for text, share in _cause_shares(one):
            key = cause_key(text) or text
            texts.setdefault(key, text)
            whole[key] += weight * share
            cites[key].append(one.id)
    total = sum(whole.values())
    if not total:
        return []
    # Of equals the one that the better card tells first, and that a card tells first.
    ranked = sorted(whole, key=lambda key: -whole[key])
    return [
        CauseBelief(text=texts[k], share=whole[k] / total, cites=tuple(dict.fromkeys(cites[k])))
        for k in ranked
    ]


def choose_checks(
    found: Sequence[Precedent], causes: Sequence[PossibleCause]
) -> tuple[DiagnosticCheck, ...]:
    """Give what to do to find out: what makes it safe, then what tells the first causes apart."""
    cards = {one.id: one.card for one in found if one.card is not None}
    led = [next((c for c in cause.cites if c in cards), None) for cause in causes[: len(CHECKS_OF)]]
    leading = list(dict.fromkeys(card for card in led if card is not None))
    told: dict[str, DiagnosticCheck] = {}
    live = [card for card in leading if cards[card].resolution.high_voltage]
    # One card's way of isolating is whole; two of them mixed would not be.
    for card in (*live[:1], *(card for card in leading if card not in live)):
        _add_steps(told, card, [s for s in cards[card].resolution.steps if s.safety])
    for card, most in zip(leading, CHECKS_OF, strict=False):
        steps = [s for s in cards[card].resolution.steps if not s.safety]
        looking = [s for s in steps if is_inspection(s.action)]
        _add_steps(told, card, (looking or steps)[:most])
    return tuple(told.values())


def _add_steps(told: dict[str, DiagnosticCheck], card: CardId, steps: Sequence[RepairStep]) -> None:
    for step in steps:
        told.setdefault(
            step.action, DiagnosticCheck(action=step.action, safety=step.safety, card=card)
        )


def _cause_shares(one: Precedent) -> list[tuple[str, float]]:
    """Give the causes that a card names, each with its share: 1 together, less for one alone."""
    if one.card is None:
        texts, sure = one.match.card.causes, USUAL
    else:
        texts = (one.card.cause.primary, *one.card.cause.secondary)
        sure = one.card.cause.confidence
    if not texts:
        return []
    others = [(text, (1 - sure) / (len(texts) - 1)) for text in texts[1:]]
    return [(texts[0], sure), *others]


def _likely_causes(
    held: Sequence[CauseBelief], understood: UnderstoodReport, found: Sequence[Precedent]
) -> list[PossibleCause]:
    """Give the causes with what each is worth, so that together they are worth at most 1."""
    if not held:
        return []
    first, *others = held
    leading = next(one for one in found if one.id in first.cites)
    sure = leading.match.chance
    if sure is None:
        evidence = calibration.calibration_features(understood, found, leading)
        sure = calibration.calibrated_confidence(evidence)
    # Far worse evidence is worth nothing at all: then there is nothing to divide by.
    rest = sum(one.share for one in others) or 1.0
    causes = [PossibleCause(text=first.text, confidence=sure, cites=first.cites)]
    for one in others:
        # As its belief stands to the first one's, and never more than is left beside it.
        worth = min(sure * one.share / first.share, (1 - sure) * one.share / rest)
        causes.append(PossibleCause(text=one.text, confidence=worth, cites=one.cites))
    return causes


def _explain_reasoning(
    found: Sequence[Precedent], causes: Sequence[PossibleCause], likely: PossibleCause | None
) -> str:
    """Say in a few sentences which evidence speaks for which cause, naming the cards."""
    if not causes:
        return UNKNOWN
    said = {one.id: one for one in found}
    first = causes[0]
    if likely is None:
        told = f"No cause is sure enough to be told; the first suspect is “{first.text}”"
    else:
        told = f"“{first.text}” is the likeliest cause"
    sentences = [f"{told} ({first.confidence:.0%})."]
    for card in first.cites[:2]:
        match = said[card].match
        sentences.append(f"{match.card.title} ({card}): {_why(match)}")
    others = [f"“{c.text}” ({c.confidence:.0%}, {c.cites[0]})" for c in causes[1:3]]
    if others:
        sentences.append(f"Less likely: {' and '.join(others)}.")
    return " ".join(sentences)


def _why(match: Match) -> str:
    return suggestion_sentence(match.reasons, match.standing, Language.ENGLISH)
