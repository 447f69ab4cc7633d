"""The tries of a repair, and the one among them that its outcome tells of.

An outcome is a try of its own unless the newest try says the same: somebody wrote down what worked
and then ended the repair with it. Phones hand in what was tried in any order, also behind the end,
so which of both it is follows from when things were done, never from what came first: the same
tries and the same outcome end as the same tries, whoever was online sooner.

A try is counted by its place (`domain.counting`), so none is moved or taken away: whatever says the
same takes the place of what is there, and what is new goes behind it.
"""

from collections.abc import Sequence
from dataclasses import replace

from domain.outcomes import Attempt

Tries = tuple[Attempt, ...]


def added(tries: Sequence[Attempt], tried: Attempt) -> Tries:
    """Give the tries with one more, in the place of the outcome's own if that said the same."""
    for n, one in enumerate(tries):
        if one.told and _same(one, tried):
            return (*tries[:n], tried, *tries[n + 1 :])
    return (*tries, tried)


def ended(tries: Sequence[Attempt], own: Attempt) -> Tries:
    """Give the tries with the outcome's own, unless it is there or the newest one is the same."""
    theirs = sorted((one for one in tries if not one.told), key=lambda one: one.at)
    if any(_same(one, own) for one in (*theirs[-1:], *(t for t in tries if t.told))):
        return tuple(tries)
    return (*tries, replace(own, told=True))


def settled(tries: Sequence[Attempt]) -> Tries:
    """Give the tries of a repair that is taken up again: what is tried from now on is another."""
    return tuple(replace(one, told=False) for one in tries)


def _same(one: Attempt, other: Attempt) -> bool:
    return (one.card, one.worked) == (other.card, other.worked)
