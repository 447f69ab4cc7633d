"""What somebody names must be in the knowledge graph."""

from collections.abc import Iterable

from domain.errors import InvalidInput


def demand_known(field: str, named: Iterable[str], known: Iterable[str]) -> None:
    """Raise InvalidInput unless all that is named is known."""
    unknown = sorted(set(named) - set(known))
    if unknown:
        raise InvalidInput(field, f"{', '.join(unknown)[:200]}: not in the knowledge graph")
