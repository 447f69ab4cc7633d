"""Who may see a card, as the graph stores it and as its queries ask for it (CA-33).

A card's `visibility` is `all`, `garage:ID`, `region:NAME`, or `listed` when it names several; the
places themselves are at the ends of its VISIBLE_TO edges. One that only repeats its ticket is
`ticket:GARAGE`: those of the garage see it who see all of its tickets, or have this one on their
bench.
"""

from hashlib import sha256

from domain.access import Viewer
from domain.cards import FailureCard, Visibility

EVERYONE = "all"
LISTED = "listed"


def stored_words(card: FailureCard) -> str:
    """Give the one word that vector and range indexes filter by."""
    if card.repeats_ticket:
        return f"ticket:{card.provenance.garage}"
    named = _visible_places(card.visibility)
    if not named:
        return EVERYONE
    return named[0] if len(named) == 1 else LISTED


def viewer_parameters(viewer: Viewer) -> dict[str, object]:
    """Give the parameters of the visibility condition that every card query carries."""
    repeating = None if viewer.garage is None else f"ticket:{viewer.garage}"
    theirs = [] if repeating is None or viewer.bench is not None else [repeating]
    return {
        "sees_all": viewer.sees_all,
        "seen": [*places_of(viewer), *theirs],
        "garage": viewer.garage,
        "region": viewer.region,
        "repeating": repeating,
        "bench": viewer.bench,
    }


def scope_words(visibility: Visibility) -> str | None:
    """Give the words of the full-text index that say who alone may see a card."""
    named = _visible_places(visibility)
    return " ".join((RESTRICTED, *map(place_word, named))) if named else None


def hidden_from(viewer: Viewer) -> str:
    """Give the clause that keeps the cards of others out of full-text hits.

    It costs three times the search itself: ask without it first (`Search._looked`).
    """
    if viewer.sees_all:
        return ""
    mine = " ".join(f"-scope:{place_word(place)}" for place in places_of(viewer)[1:])
    return f"-(+scope:{RESTRICTED} {mine})"


def place_mark(kind: str, value: str) -> str:
    """Give a word that no analyzer splits, folds or stems, and no report holds by chance."""
    return f"z{sha256(f'{kind} {value}'.encode()).hexdigest()[:24]}0"


def place_word(place: str) -> str:
    return place_mark("place", place)


RESTRICTED = place_mark("place", "restricted")


def _visible_places(visibility: Visibility) -> list[str]:
    return [f"garage:{g}" for g in sorted(set(visibility.garages))] + [
        f"region:{r}" for r in sorted(set(visibility.regions))
    ]


def places_of(viewer: Viewer) -> list[str]:
    """Give the visibilities that are open to a viewer."""
    garage = [] if viewer.garage is None else [f"garage:{viewer.garage}"]
    region = [] if viewer.region is None else [f"region:{viewer.region}"]
    return [EVERYONE, *garage, *region]
