"""The counters of a card, counted by hand: what the ledger's own fold is held against."""

from collections.abc import Iterable, Sequence

from domain.counters import CardEffect, Effect
from domain.usage import RATINGS_KEPT, Usage


def usage(effects: Iterable[CardEffect], stars: Sequence[int] = ()) -> Usage:
    """Count each id once, as the newest version of its ticket tells it; `stars` in their order."""
    found = {one.id: one for one in sorted(effects, key=lambda one: one.version)}.values()
    used = [one for one in found if one.effect is Effect.USED]
    return Usage(
        matched=sum(one.effect is Effect.SHOWN for one in found),
        used=len(used),
        successes=sum(one.worked is True for one in used),
        failures=sum(one.worked is False for one in used),
        ratings=tuple(stars[-RATINGS_KEPT:]),
        actual_minutes=sum(one.minutes for one in used),
        estimated_minutes=sum(one.estimated for one in used),
        last_used=max((one.at for one in used), default=None),
    )
