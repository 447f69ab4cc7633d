"""The tries of a repair, and those among them that only an outcome tells of.

Phones hand in what was tried and how it ended in any order, also behind the end and after the
ticket was reopened. What counts follows from when things were done, never from what came first:

- every try counts;
- an outcome counts as a try of its own, unless the try right before it or right behind it says the
  same: somebody wrote down what worked, and ended the repair with it;
- outcomes of one repair that say the same count once;
- a repair ends where its ticket was reopened: what is done from then on is another use.

Nothing that comes later takes a use away: if it covers an outcome, it says the same itself. A use
is counted by its place (`domain.counters`), so none is moved: whatever says the same takes the
place of what is there, and what is new goes behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.outcomes import Attempt

AttemptLists = tuple[Attempt, ...]


def add_attempt(
    tries: AttemptLists, retold: AttemptLists, one: Attempt, reopened: Sequence[datetime]
) -> tuple[AttemptLists, AttemptLists]:
    """Give the tries with one more or with an outcome's own, and the outcomes' that do not count.

    Args:
        tries: what counts so far, by its places.
        retold: what outcomes tell of and a try tells already.
        one: what is heard of now.
        reopened: when the ticket was taken up again.
    """
    heard = (*tries, *retold, one)
    placed = _place_attempt(tries, _count_attempts(heard, reopened))
    return placed, tuple(h for h in heard if not _holds_attempt(placed, h))


def _count_attempts(heard: Sequence[Attempt], reopened: Sequence[datetime]) -> AttemptLists:
    repairs: dict[int, list[Attempt]] = defaultdict(list)
    for one in heard:
        repairs[sum(at < one.at for at in reopened)].append(one)
    return tuple(one for repair in repairs.values() for one in _of_one(repair))


def _of_one(repair: Sequence[Attempt]) -> AttemptLists:
    """Give what counts of one repair; of outcomes that say the same the last word."""
    tried = [one for one in repair if not one.told]
    own = [one for one in repair if one.told and not _told_by(tried, one)]
    last = {(one.card, one.worked): one for one in sorted(own, key=lambda one: (one.at, one.by))}
    return (*tried, *last.values())


def _told_by(tried: Sequence[Attempt], own: Attempt) -> bool:
    """Say whether a neighbour in time says the same; tries of one moment are all neighbours."""
    before = max((one.at for one in tried if one.at <= own.at), default=None)
    behind = min((one.at for one in tried if one.at > own.at), default=None)
    return any(one.at in (before, behind) and _is_same_attempt(one, own) for one in tried)


def _place_attempt(tries: AttemptLists, counted: AttemptLists) -> AttemptLists:
    new = [one for one in counted if not _holds_attempt(tries, one)]
    places: list[Attempt] = []
    for one in tries:
        heir = next((n for n, other in enumerate(new) if _is_same_attempt(one, other)), None)
        if heir is None or _holds_attempt(counted, one):
            places.append(one)
        else:
            places.append(new.pop(heir))
    return (*places, *new)


def _holds_attempt(tries: Iterable[Attempt], one: Attempt) -> bool:
    """Say whether it is among them: itself, since two tries may say all the same."""
    return any(one is other for other in tries)


def _is_same_attempt(one: Attempt, other: Attempt) -> bool:
    return (one.card, one.worked) == (other.card, other.worked)
