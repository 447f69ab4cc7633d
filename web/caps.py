"""How much of the service any one caller may take: every cap is a setting of its own."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self, cast

from domain.errors import InvalidInput
from resolvers.document_limits import DocumentLimits

PREFIX = "BATTWHEELS_"
MOST = 10**12


def _cap_field(default: int, says: str) -> Any:  # noqa: ANN401 - as dataclasses.field is typed
    return field(default=default, metadata={"says": says})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Each is read from `BATTWHEELS_` and its name in capitals; docs/limits.md lists them all.

    Attributes:
        proxies: addresses whose word for their callers' addresses counts, and whose connections
            are not counted as one caller's.
    """

    header_bytes: int = _cap_field(16_384, "bytes of a request's line and headers together")
    header_count: int = _cap_field(100, "headers of a request")
    header_seconds: int = _cap_field(10, "seconds until a new connection has sent its headers")
    idle_seconds: int = _cap_field(15, "seconds that a connection may wait between two requests")
    write_seconds: int = _cap_field(30, "seconds that a peer may take nothing of its answer")
    connections: int = _cap_field(4_096, "open connections of the process, sockets among them")
    connections_per_address: int = _cap_field(1_024, "open connections of one address")
    body_bytes: int = _cap_field(1 << 20, "bytes of a request's body, or of a socket's message")
    body_seconds: int = _cap_field(8, "seconds until a body is whole")
    bodies_bytes: int = _cap_field(32 << 20, "bytes of all bodies that are held at one time")
    anonymous_bytes: int = _cap_field(
        8_192, "bytes of a body that nobody signed (development only)"
    )
    uploads: int = _cap_field(64, "files that come in at one time")
    uploads_per_address: int = _cap_field(16, "files that come in from one address at one time")
    upload_seconds: int = _cap_field(900, "seconds until a file is whole, or goes on later")
    upload_idle_seconds: int = _cap_field(20, "seconds that nothing may come of a file")
    answer_seconds: int = _cap_field(10, "seconds until a request is answered")
    document_characters: int = _cap_field(32_768, "characters of a document")
    document_tokens: int = _cap_field(2_000, "tokens of a document")
    anonymous_tokens: int = _cap_field(600, "tokens of a document that nobody signed")
    cached_bytes: int = _cap_field(
        16 << 20, "bytes of all documents that are kept, as they weigh here"
    )
    trusted_bytes: int = _cap_field(
        64 << 20, "bytes of all registered documents that are held, as they weigh here"
    )
    fields: int = _cap_field(1_000, "fields of a document, its fragments spread out")
    operations: int = _cap_field(20, "operations of a document")
    input_nodes: int = _cap_field(20_000, "values inside a request's variables, at all depths")
    input_depth: int = _cap_field(256, "levels of a request's variables")
    input_list: int = _cap_field(2_000, "entries of one list or object of the variables")
    input_text: int = _cap_field(100_000, "characters of one text of the variables")
    units_per_second: int = _cap_field(50, "units that a caller earns each second (see below)")
    units_at_once: int = _cap_field(3_000, "units that a caller may save and spend at once")
    refusals_per_second: int = _cap_field(1, "refused requests of a caller each second")
    refusals_at_once: int = _cap_field(100, "refused requests of a caller at once")
    garage_requests: int = _cap_field(
        1_000, "requests of a garage in a minute, over all processes (see below)"
    )
    garage_requests_alone: int = _cap_field(
        500, "the same, that each process lets in while Redis is silent"
    )
    garage_points: int = _cap_field(
        3_000_000, "points of a garage in a minute, over all processes (see below)"
    )
    garage_points_alone: int = _cap_field(
        1_500_000, "the same, that each process lets in while Redis is silent"
    )
    busy_requests: int = _cap_field(64, "requests that are worked on at one time")
    heavy_requests: int = _cap_field(2, "the same, of those that are heavy")
    late_milliseconds: int = _cap_field(
        30, "milliseconds that the loop may be late before whoever asked most waits"
    )
    heavy_seconds: int = _cap_field(3, "seconds that a heavy request may wait for its turn")
    waiting_requests: int = _cap_field(32, "requests of one caller that may wait for their turn")
    sockets_per_person: int = _cap_field(16, "open sockets of one person")
    operations_per_socket: int = _cap_field(50, "operations at one time on one socket")
    streams_per_person: int = _cap_field(64, "subscriptions that one person follows at one time")
    audiences_per_person: int = _cap_field(8, "different subscriptions that one person may begin")
    audiences: int = _cap_field(512, "different subscriptions of the process")
    proxies: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """Read those that the environment names.

        Raises:
            InvalidInput: one is not a whole number above 0.
        """
        given: dict[str, int] = {}
        for one in _cap_fields():
            name = f"{PREFIX}{one.name.upper()}"
            if text := values.get(name):
                given[one.name] = _parse_number(name, text)
        return cls(**given, proxies=tuple(values.get(f"{PREFIX}PROXIES", "").split()))

    @property
    def documents(self) -> DocumentLimits:
        """What one document may ask, as the API measures it."""
        return DocumentLimits(
            fields=self.fields,
            operations=self.operations,
            characters=self.document_characters,
            tokens=self.document_tokens,
            anonymous_tokens=self.anonymous_tokens,
            cached_bytes=self.cached_bytes,
        )

    @classmethod
    def page(cls) -> str:
        """Give the table of all caps, as docs/limits.md holds it."""
        rows = [
            f"| `{PREFIX}{one.name.upper()}` | {cast('int', one.default):,} | "
            f"{one.metadata['says']} |"
            for one in _cap_fields()
        ]
        return "\n".join(["| setting | default | at most so many |", "|---|---|---|", *rows])


def _cap_fields() -> list[Field[Any]]:
    return [one for one in fields(Caps) if one.metadata]


def _parse_number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(MOST)) and int(text)):
        raise InvalidInput(name, f"{text[:40]!r} is not a whole number above 0")
    return int(text)
