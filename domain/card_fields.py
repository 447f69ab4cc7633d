"""A plain field of a card, declared once: what it means, and the bounds that it keeps.

A part of a card (`domain.cards`) carries a `CardField` in the annotation of each field that is a
text, a number, a choice, a yes or no, or a list of texts. All else follows from it: that a value is
cleaned and bounded, what the API shows and takes (`schema/card_fields.py`), how a caller's words
are read (`resolvers/card_fields.py`), the column of an imported file and the field of the shipped
knowledge (`ingest/card_columns.py`), and the pages that explain them. What is more than plain, an
edge of the graph or one value in two columns, has no `CardField`: it is written where it is used.
"""

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from domain import limits

LONGEST_TEXT = 10_000
Check = Callable[[Any], Any]
CleanText = Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardField:
    """What a field says about itself.

    Attributes:
        meaning: what it is, in a sentence.
        asked: the same to whoever writes it, where that reads otherwise.
        column: its name in files that are imported, where that is another one.
        called: its name in a refusal, where that is another one.
        least, most: of a number, its bounds; of texts, how many characters each has.
        entries: of a list, how many it has at most.
    """

    meaning: str
    asked: str | None = None
    column: str | None = None
    called: str | None = None
    least: float = 0
    most: float | None = None
    entries: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredField:
    """A declared field together with the name, type and default that its class gives it.

    Attributes:
        plain_type: its type where it has a value at all.
        called: its name in a refusal.
    """

    name: str
    type: Any
    plain_type: Any
    declared: CardField
    default: object
    called: str
    is_text: bool
    is_list: bool

    @property
    def required(self) -> bool:
        return self.default is MISSING

    @property
    def is_choice(self) -> bool:
        return issubclass(self.plain_type, Enum) if not self.is_list else False

    @property
    def column(self) -> str:
        return self.declared.column or self.name

    @property
    def asked(self) -> str:
        return self.declared.asked or self.declared.meaning

    @property
    def bounded(self) -> bool:
        return self.is_text or self.is_list or self.declared.most is not None

    def clean(self, value: Any, clean: CleanText = limits.clean_text) -> Any:  # noqa: ANN401 - of its type
        """Give a value within its bounds; `clean` is what is done to each text.

        Raises:
            InvalidInput: it is out of its bounds.
        """
        return value if value is None or not self.bounded else self.build_check(clean)(value)

    def build_check(self, clean: CleanText) -> Check:
        """Give what brings a value that there is within its bounds, or raises `InvalidInput`."""
        called, least, most = self.called, self.declared.least, self.declared.most
        longest = int(most or LONGEST_TEXT)

        def check_number(value: float) -> float:
            limits.check_range(called, value, least, most or 0)
            return value

        def check_text(value: str) -> str:
            return clean(called, value, longest, least=int(least))

        def check_texts(texts: Sequence[str]) -> tuple[str, ...]:
            if not texts:
                return ()
            limits.check_count(called, len(texts), self.declared.entries)
            return tuple([clean(called, text, longest) for text in texts])

        return check_texts if self.is_list else check_text if self.is_text else check_number


@cache
def declared_fields(part: type[Any]) -> tuple[DeclaredField, ...]:
    """Give the declared fields of a part of a card, in their order."""
    hints = get_type_hints(part, include_extras=True)
    found = ((field, hints[field.name]) for field in fields(part))
    return tuple(
        _declared_field(field, get_args(hint)[0], declared)
        for field, hint in found
        if (declared := _declaration_of(hint)) is not None
    )


def check_fields(part: object) -> None:
    """Bring a part's declared fields within their bounds: for its `__post_init__`.

    Raises:
        InvalidInput: one is out of its bounds.
    """
    for name, check in _field_checks(type(part)):
        value = getattr(part, name)
        if value is not None and (clean := check(value)) is not value:
            object.__setattr__(part, name, clean)


@cache
def _field_checks(part: type[Any]) -> tuple[tuple[str, Check], ...]:
    """Give what there is to check, ready to be called: cards are read by the thousand."""
    return tuple(
        (f.name, f.build_check(limits.clean_text)) for f in declared_fields(part) if f.bounded
    )


def _declaration_of(hint: Any) -> CardField | None:  # noqa: ANN401 - any annotation
    if get_origin(hint) is not Annotated:
        return None
    return next((extra for extra in get_args(hint)[1:] if isinstance(extra, CardField)), None)


def _declared_field(field: Field[Any], type: Any, declared: CardField) -> DeclaredField:  # noqa: ANN401 - any type
    some = [one for one in get_args(type) if one is not NoneType]
    plain = some[0] if get_origin(type) is UnionType else type
    head, *rest = field.name.split("_")
    return DeclaredField(
        name=field.name,
        type=type,
        plain_type=plain,
        declared=declared,
        default=field.default,
        called=declared.called or head + "".join(part.capitalize() for part in rest),
        is_text=plain is str,
        is_list=get_origin(plain) is tuple,
    )
