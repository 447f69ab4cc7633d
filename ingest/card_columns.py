"""The plain fields of a card's parts as columns of a file, made of what the domain declares."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, create_model

from domain.card_fields import DeclaredField, declared_fields

M = TypeVar("M", bound=BaseModel)
# The column of a field, where a form calls it otherwise than others do; None: it stands elsewhere.
ColumnNames = Mapping[str, str | None]
USUAL_NAMES: ColumnNames = {}


def split_by(separator: str) -> BeforeValidator:
    def split(value: object) -> object:
        if not isinstance(value, str):
            return value
        return [part.strip() for part in value.split(separator) if part.strip()]

    return BeforeValidator(split)


Names = Annotated[list[str], split_by(";")]


def form_of(*parts: type[Any], base: type[M], names: ColumnNames = USUAL_NAMES) -> type[M]:
    """Give a form with a column for each plain field of these parts of a card."""
    columns: dict[str, Any] = {
        column: (_column_type(field), _column_default(field))
        for part in parts
        for column, field in _named_columns(part, names)
    }
    return create_model("PlainColumns", __base__=base, **columns)


def column_values(
    part: type[Any], form: BaseModel, names: ColumnNames = USUAL_NAMES
) -> dict[str, Any]:
    """Give the values of a part's plain fields out of a form."""
    return {
        field.name: _value_of(field, getattr(form, column))
        for column, field in _named_columns(part, names)
    }


def _named_columns(part: type[Any], names: ColumnNames) -> list[tuple[str, DeclaredField]]:
    found = ((names.get(field.name, field.column), field) for field in declared_fields(part))
    return [(column, field) for column, field in found if column is not None]


def _column_type(field: DeclaredField) -> Any:  # noqa: ANN401 - whatever the field is of
    if field.is_list:
        return Names
    if field.is_choice:
        # Files write a choice as a plain word, also where a form is strict.
        return Annotated[field.type, Field(strict=False)]
    least, most = field.declared.least, field.declared.most
    if field.is_text:
        return Annotated[field.type, Field(min_length=int(least), max_length=_whole(most))]
    return field.type if most is None else Annotated[field.type, Field(ge=least, le=most)]


def _column_default(field: DeclaredField) -> Any:  # noqa: ANN401 - whatever the field is of
    if field.required:
        return ...
    return [] if field.is_list else field.default


def _value_of(field: DeclaredField, value: Any) -> Any:  # noqa: ANN401 - whatever the field is of
    return tuple(value) if field.is_list else value


def _whole(most: float | None) -> int | None:
    return None if most is None else int(most)
