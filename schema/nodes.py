"""What every noun of the API shares: global ids, and lists that come in pages (Relay)."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import strawberry
from strawberry import field

from domain import limits
from domain.characters import plain_text
from domain.errors import InvalidInput
from domain.sentences import one_of

T = TypeVar("T")
S = TypeVar("S")

MOST = 100
USUAL = 20
LONGEST_ID = 400
ID_NAMES = {"FailureCard": "cardId"}
NOT_OURS = {
    "id": "is not an id of this API. Use the `id` or `key` of an answer.",
    "after": "is not a cursor of this list. Use `pageInfo.endCursor`, or leave it out.",
}
# What every deprecation says at its end: from then on the field may be taken away.
GOES = "It goes after 2027-06-30."


@strawberry.interface(description="A thing with an id of its own; `node(id:)` reads it again.")
class Node:
    id: strawberry.ID = field(description="Opaque id, unique over all kinds of things.")
    key: str = field(description="The id as the knowledge graph and people use it.")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = field(description="Whether more follows after this page.")
    has_previous_page: bool = field(description="Whether this page started after a cursor.")
    start_cursor: str | None = field(description="Cursor of the first entry.")
    end_cursor: str | None = field(description="Pass it as `after` to read the next page.")


@strawberry.type(description="One entry of a page.")
class Edge(Generic[T]):
    cursor: str = field(description="Pass it as `after` to read on from here.")
    node: T = field(description="The entry itself.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = field(description="The entries with their cursors, at most `first`.")
    page_info: PageInfo = field(description="Where this page stands in the list.")


def global_id(kind: str, key: str) -> strawberry.ID:
    return strawberry.ID(_seal_cursor(f"{kind}:{key}"))


def parsed_id(value: str) -> tuple[str, str]:
    """Give kind and key of a global id.

    Raises:
        InvalidInput: this API never made such an id.
    """
    kind, colon, key = _open_cursor("id", value).partition(":")
    if not colon or not kind.isidentifier() or not key:
        raise InvalidInput("id", NOT_OURS["id"])
    return kind, key


def key_of(kind: str, value: str) -> str:
    """Give the key that `value` names: a global id of that kind, or the bare key.

    Raises:
        InvalidInput: it is neither; its field is that of the kind, as `cardId`, since there may be
            ids of several kinds among the arguments of a verb.
    """
    name = ID_NAMES.get(kind, f"{kind[:1].lower()}{kind[1:]}Id")
    if limits.clean_text(name, value, LONGEST_ID) != value:
        raise InvalidInput(name, "holds spaces around it, or letters that are not seen")
    try:
        found, key = parsed_id(value)
    except InvalidInput:
        return value
    if found == kind:
        return key
    if found[:1].isupper():
        raise InvalidInput(name, f"is the id of {one_of(found)}, not of {one_of(kind)}")
    return value


def page_size(first: int) -> int:
    """Give the page size if it is in 1..100."""
    limits.check_range("first", first, 1, MOST)
    return first


def after_position(after: str | None) -> str | None:
    """Give the key that a cursor of ours stands for."""
    if after is None:
        return None
    key = _open_cursor("after", after)
    if not key.strip() or plain_text(key).strip() != key:
        raise InvalidInput("after", "is not of this API")
    return key


def make_connection(
    found: Sequence[S], first: int, after: str | None, key: Callable[[S], str], of: Callable[[S], T]
) -> Connection[T]:
    """Give the page of up to `first` of `found`, which holds one more when there is more."""
    kept = found[:first]
    edges = [Edge(cursor=_seal_cursor(key(item)), node=of(item)) for item in kept]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(found) > first,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def page_window(
    items: Sequence[S], first: int, after: str | None, key: Callable[[S], str]
) -> Sequence[S]:
    """Give the part of a whole list, sorted by key, that `make_connection` makes a page of."""
    start = after_position(after)
    ordered = sorted(items, key=key)
    rest = ordered if start is None else [item for item in ordered if key(item) > start]
    return rest[: page_size(first) + 1]


def _seal_cursor(text: str) -> str:
    return b64encode(text.encode()).decode()


def _open_cursor(name: str, value: str) -> str:
    limits.clean_text(name, value, LONGEST_ID)
    try:
        return b64decode(value, validate=True).decode()
    except (Base64Error, ValueError) as error:
        raise InvalidInput(name, NOT_OURS[name]) from error
