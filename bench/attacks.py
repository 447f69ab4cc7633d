"""What an attacker sends: one list of requests, for the benchmark and for the tests of every door.

Each is the bytes of one connection and says how long it is held open after them. Its twin is a
harmless request of the same size, so that the two can be measured beside each other. A new kind of
attack is one more entry of `ATTACKS`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

HARMLESS = "{ cards(first: 1) { edges { node { key } } } }"
HELD_SECONDS = 3.0
LINE_END = b"\r\n"
_turn = count()


@dataclass(frozen=True, slots=True)
class Attack:
    """`write` gives the bytes for a token (None: nobody); `signed` says that one is given.

    Attributes:
        held: seconds that the connection stays open behind the bytes, nothing more being sent.
        refused: the statuses that answer it; empty where the connection may end without a word.
    """

    name: str
    write: Callable[[str | None], bytes]
    signed: bool = True
    held: float = 0.0
    refused: frozenset[int] = frozenset({200, 400, 413, 429})


def request(body: bytes, token: str | None, *headers: str) -> bytes:
    lines = [
        "POST /v1/graphql HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        "Connection: close",
        f"Content-Length: {len(body)}",
        *([f"Authorization: Bearer {token}"] if token else []),
        *headers,
    ]
    return "\r\n".join(lines).encode() + LINE_END * 2 + body


def asked(query: str, token: str | None, variables: object = None) -> bytes:
    return request(json.dumps({"query": query, "variables": variables or {}}).encode(), token)


def harmless(size: int, token: str | None) -> bytes:
    """Give a plain question that is padded to so many bytes."""
    sent = {"query": HARMLESS, "extensions": {"padding": ""}}
    bare = len(request(json.dumps(sent).encode(), token))
    sent["extensions"] = {"padding": "x" * max(0, min(size - bare, 1_000_000))}
    return request(json.dumps(sent).encode(), token)


def _fresh(text: str) -> str:
    """Give the text as it was never seen before, so that nothing kept of it helps."""
    return f"{text} # {next(_turn)} {uuid4()}"


def overlapping(token: str | None) -> bytes:
    names = " ".join(f"...f{n}" for n in range(19))
    parts = " ".join(f"fragment f{n} on FailureCard {{ {'id title ' * 11} }}" for n in range(19))
    return asked(_fresh(f"{{ cards {{ edges {{ node {{ {names} }} }} }} }} {parts}"), token)


def nested_overlapping(token: str | None) -> bytes:
    below = "signature { " + "symptoms { text component { name } } " * 40 + "} "
    return asked(_fresh(f"{{ cards {{ edges {{ node {{ {below * 3} }} }} }} }}"), token)


def huge_document(token: str | None) -> bytes:
    return asked(_fresh("{ " + "__typename " * 81_000 + "}"), token)


def huge_comment(token: str | None) -> bytes:
    return asked("#" + "x" * 30_000 + f"{uuid4()}\n{{ __typename }}", token)


def many_operations(token: str | None) -> bytes:
    return asked(_fresh(" ".join(f"query q{n} {{ __typename }}" for n in range(300))), token)


def many_variables(token: str | None) -> bytes:
    defined = " ".join(f"$v{n}: Int" for n in range(400))
    return asked(_fresh(f"query({defined}) {{ __typename }}"), token)


def fragment_bomb(token: str | None) -> bytes:
    parts = [f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(19)]
    whole = "query { ...f0 } " + " ".join(parts) + " fragment f19 on Query { __typename }"
    return asked(_fresh(whole), token)


def introspection_bomb(token: str | None) -> bytes:
    deep = "fields { type { " * 8 + "name" + " } }" * 8
    return asked(_fresh(f"{{ __schema {{ types {{ {deep} }} }} }}"), token)


def many_vehicles(token: str | None) -> bytes:
    query = "mutation($card: CardInput!, $op: UUID!) { createCard(card: $card, operationId: $op) {"
    card: dict[str, object] = {
        "title": "x",
        "vehicles": [{"make": "A", "year": 2020}] * 30_000,
        "signature": {"text": "x"},
        "cause": {"primary": "x"},
        "resolution": {"type": "REPAIR", "steps": []},
    }
    return asked(query + " __typename } }", token, {"card": card, "op": str(uuid4())})


def spaced_range(token: str | None) -> bytes:
    query = "mutation($card: CardInput!, $op: UUID!) { createCard(card: $card, operationId: $op) {"
    where = {"temperatureRange": "1-2" + " " * 2_000 + "x"}
    card = {
        "title": "x",
        "signature": {"text": "x", "environment": where},
        "cause": {"primary": "x"},
        "resolution": {"type": "REPAIR", "steps": [{"action": "x", "minutes": 1}]},
    }
    return asked(query + " __typename } }", token, {"card": card, "op": str(uuid4())})


def deep_variables(token: str | None) -> bytes:
    body = b'{"query":"{__typename}","variables":{"a":' + b"[" * 900 + b"]" * 900 + b"}}"
    return request(body, token)


def many_values(token: str | None) -> bytes:
    body = b'{"query":"{__typename}","variables":{"a":[' + b"[]," * 300_000 + b"[]]}}"
    return request(body, token)


def bought(token: str | None) -> bytes:
    wide = "cards(first: 100) { edges { node { cites { cites { cites { cites { id } } } } } } }"
    query = f"{{ a: cards(first: -1000000) {{ edges {{ node {{ id }} }} }} {wide} }}"
    return asked(_fresh(query), token)


def many_matches(token: str | None) -> bytes:
    said = ("Battery warning on the dash and it does not charge; error P0A80. " * 140)[:9_000]
    one = 'match(report: {text: "' + said + '"}) { __typename }'
    return asked("{ " + " ".join(f"m{n}: {one}" for n in range(10)) + " }", token)


def long_match(token: str | None) -> bytes:
    said = (f"{uuid4()} battery warning and it does not charge; error P0A80. " * 140)[:9_000]
    query = "query($text: String!) { match(report: {text: $text}) { __typename } }"
    return asked(query, token, {"text": said})


def long_header(token: str | None) -> bytes:
    return request(b"{}", token, "X-Long: " + "x" * 200_000)


def many_headers(token: str | None) -> bytes:
    return request(b"{}", token, *(f"X-{n}: x" for n in range(20_000)))


def half_headers(token: str | None) -> bytes:
    del token
    return b"POST /v1/graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def half_body(token: str | None) -> bytes:
    return asked(HARMLESS, token)[:-5]


def small_chunks(token: str | None) -> bytes:
    head = request(b"", token).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    return head + b"1\r\n \r\n" * 30_000


def padded_chunks(token: str | None) -> bytes:
    head = request(b"", token).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    return head + b"1;" + b"x" * 200_000


def pipelined(token: str | None) -> bytes:
    return asked(HARMLESS, token).replace(b"Connection: close\r\n", b"") * 200


def bad_token(token: str | None) -> bytes:
    del token
    return asked(HARMLESS, "x" * 8_000)


def idle(token: str | None) -> bytes:
    del token
    return b""


OVER = frozenset({200, 400, 413, 429, 431})
ATTACKS = (
    Attack("overlapping fields", overlapping),
    Attack("overlapping fields, nobody", overlapping, signed=False),
    Attack("overlapping fields below fields", nested_overlapping),
    Attack("a document of 0.9 MB", huge_document),
    Attack("a document of 0.9 MB, nobody", huge_document, signed=False),
    Attack("a long comment", huge_comment),
    Attack("many operations", many_operations),
    Attack("many variables", many_variables),
    Attack("a bomb of fragments", fragment_bomb),
    Attack("a bomb of types", introspection_bomb),
    Attack("30,000 vehicles", many_vehicles),
    Attack("a range with 2,000 spaces", spaced_range),
    Attack("900 levels of lists", deep_variables),
    Attack("300,000 empty lists", many_values),
    Attack("a cost that is bought", bought),
    Attack("ten long matches", many_matches),
    Attack("a long match", long_match),
    Attack("a header of 200 kB", long_header, refused=OVER),
    Attack("20,000 headers", many_headers, refused=OVER),
    Attack("half of the headers", half_headers, held=HELD_SECONDS, refused=frozenset({408})),
    Attack("half of a body", half_body, held=HELD_SECONDS, refused=frozenset({408})),
    Attack("chunks of a byte", small_chunks, held=HELD_SECONDS, refused=frozenset({400, 408, 429})),
    Attack("a chunk that never begins", padded_chunks, refused=frozenset({400, 408, 429})),
    Attack("200 requests at once", pipelined, refused=frozenset({200, 400, 429})),
    Attack("a bad token", bad_token, refused=frozenset({401, 429})),
    Attack("nothing at all", idle, held=HELD_SECONDS, refused=frozenset({408})),
)
