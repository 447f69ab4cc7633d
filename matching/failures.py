"""A report that tells several failures: each is answered by itself, the best of each first."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from domain.ids import CardId
from domain.matches import LEVELS, UnderstoodReport
from matching.answers import FailureMatches, Match, MatchAnswer


def failures_of(understood: UnderstoodReport) -> Sequence[UnderstoodReport]:
    """Give what is to be answered by itself; empty where the report tells one failure.

    Codes that were typed beside the text may be of any failure, so the whole is asked for as well.
    """
    if understood.failures and understood.report.codes:
        return (replace(understood, failures=()), *understood.failures)
    return understood.failures


def join_answers(
    told: Sequence[UnderstoodReport], answers: Sequence[MatchAnswer], limit: int
) -> MatchAnswer:
    """Give one answer: the best card of each failure, then the second best, as far as `limit`."""
    worst = max(answers, key=lambda answer: list(LEVELS).index(answer.level))
    rounds = chain.from_iterable(zip_longest(*(answer.matches for answer in answers)))
    best = dict[CardId, Match]()
    for match in filter(None, rounds):
        best.setdefault(match.card.id, match)
    chosen = list(best.values())[:limit]
    return replace(
        worst,
        matches=tuple(replace(match, rank=rank) for rank, match in enumerate(chosen, start=1)),
        prompt=None if chosen else worst.prompt,
        chance=None,
        shortened=next((a.shortened for a in answers if a.shortened), None),
        trace=tuple(stage for answer in answers for stage in answer.trace),
        failures=tuple(
            FailureMatches(
                text=one.report.text,
                matches=answer.matches,
                prompt=answer.prompt,
                chance=answer.chance,
            )
            for one, answer in zip(told, answers, strict=True)
        ),
    )
