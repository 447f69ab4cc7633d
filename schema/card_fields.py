"""The API's types and inputs of a card's parts take their plain fields from the domain.

A class in `schema` writes what is more than plain (edges, nested types); this adds the rest from
the part of the card that it mirrors, with type, default and description (`domain.card_fields`).
"""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from domain.card_fields import DeclaredField, declared_fields

T = TypeVar("T")


def add_shown_fields(part: type[Any]) -> Callable[[type[T]], type[T]]:
    """Give a type of the API the plain fields of a part of a card."""

    def add(mirror: type[T]) -> type[T]:
        for field in declared_fields(part):
            described = strawberry.field(description=field.declared.meaning)
            _add_field(mirror, field, described)
        return mirror

    return add


def add_asked_fields(part: type[Any]) -> Callable[[type[T]], type[T]]:
    """Give an input of the API the plain fields of a part of a card, with their defaults."""

    def add(mirror: type[T]) -> type[T]:
        for field in declared_fields(part):
            _add_field(mirror, field, _asked_field(field))
        return mirror

    return add


def shown_values(part: object) -> dict[str, Any]:
    """Give the values of a part's plain fields, as its type of the API takes them."""
    return {
        field.name: list(getattr(part, field.name)) if field.is_list else getattr(part, field.name)
        for field in declared_fields(type(part))
    }


def _asked_field(field: DeclaredField) -> Any:  # noqa: ANN401 - Strawberry's own
    if field.required:
        return strawberry.field(description=field.asked)
    if field.is_list:
        return strawberry.field(default_factory=list[str], description=field.asked)
    return strawberry.field(default=field.default, description=field.asked)


def _add_field(mirror: type[Any], field: DeclaredField, described: object) -> None:
    mirror.__annotations__[field.name] = list[str] if field.is_list else field.type
    setattr(mirror, field.name, described)
