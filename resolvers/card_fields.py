"""A caller's words for the plain fields of a card's part, read as the domain declares them."""

from typing import Any

from domain import limits
from domain.card_fields import CleanText, declared_fields


def asked_values(
    part: type[Any], value: object, clean: CleanText = limits.clean_prose
) -> dict[str, Any]:
    """Give the values of a part's plain fields out of its input, people's own words masked.

    Raises:
        InvalidInput: one is out of its bounds.
    """
    return {
        field.name: field.clean(getattr(value, field.name), clean)
        for field in declared_fields(part)
    }
