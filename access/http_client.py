"""Services of others, asked over HTTP: what they may take in time and bytes, and whom TLS believes.

Proxies are no business of the environment's: only the settings read it. A compressed answer could
grow beyond any bound; it is not asked for, and not opened. No redirect is followed.
"""

import ssl
from functools import cache
from typing import Any, cast

import httpx
import orjson

from domain.errors import Unavailable

OK = 200
LONGEST_ANSWER = 65_536
HEADERS = {"accept": "application/json", "accept-encoding": "identity"}


def open_client(timeout: httpx.Timeout, authorities: ssl.SSLContext) -> httpx.AsyncClient:
    """Give a client that waits so long for each part of an answer; the whole is its caller's."""
    return httpx.AsyncClient(timeout=timeout, headers=HEADERS, verify=authorities, trust_env=False)


async def ask(
    client: httpx.AsyncClient,
    request: httpx.Request,
    dependency: str,
    known: httpx.Auth | None = None,
) -> tuple[int, bytes]:
    """Give the status and the bytes that were answered.

    Raises:
        Unavailable: they are too many.
    """
    response = await client.send(request, auth=known, stream=True)
    try:
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                raise Unavailable(dependency, "its answer is too long")
    finally:
        await response.aclose()
    return response.status_code, bytes(body)


def read_object(body: bytes, dependency: str) -> dict[str, Any]:
    """Read an answer.

    Raises:
        Unavailable: it is no object of JSON.
    """
    try:
        read: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unavailable(dependency, "its answer does not read") from error
    if not isinstance(read, dict):
        raise Unavailable(dependency, "its answer is no object")
    return cast("dict[str, Any]", read)


# Certificates are read once: it takes longer than to ask.


@cache
def public_authorities() -> ssl.SSLContext:
    """Give whom browsers believe."""
    return httpx.create_ssl_context()


@cache
def own_authorities() -> ssl.SSLContext:
    """Give whom this machine believes: a house may be its own authority."""
    return ssl.create_default_context()
