"""Vendors over HTTP: what they ask for parts now, in time and in a form that can be believed.

    GET URL?part=controller&part=fuse
    {"offers": [{"part": "controller", "paise": 1250000, "leadDays": 3}]}

Prices are whole paise before tax. Whoever is late, down, redirects, or says anything that does not
read as this said nothing at all, and the fallback chain goes on without them (FB-2). Who said
nothing three times in a row is left alone for a while. One vendor's silence does not silence
another.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from ssl import SSLContext
from typing import Annotated, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from billing.gst.money import MOST, Paise
from billing.ledger.prices import LONGEST_LEAD, PART_LIMIT, Offer
from domain import limits
from domain.circuit_breaker import FAILURES_OUTSIDE, CircuitBreaker
from domain.errors import InvalidInput, Unavailable

# Less than the price chain waits for all of them, so that a late vendor costs no other's answer.
PATIENCE_SECONDS = 1.5
CONNECT_SECONDS = 0.5
LONGEST_ANSWER = 1_000_000
MOST_OFFERS = 1_000
OK = 200
# A compressed answer could grow beyond any bound; it is not asked for, and not opened.
HEADERS = {"accept": "application/json", "accept-encoding": "identity"}


class _PricedPart(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    part: Annotated[str, Field(min_length=1, max_length=PART_LIMIT)]
    paise: Annotated[int, Field(ge=1, le=MOST)]
    lead_days: Annotated[int | None, Field(alias="leadDays", ge=0, le=LONGEST_LEAD)] = None


class _VendorAnswer(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    offers: Annotated[list[_PricedPart], Field(max_length=MOST_OFFERS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who is asked where; a name and password in the URL are sent as it says."""

    name: str
    url: httpx.URL = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `NAME=URL`.

        Raises:
            InvalidInput: it has no name, or no address of http or https.
        """
        name, _, address = text.partition("=")
        limits.clean_text("vendors", name, PART_LIMIT)
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise InvalidInput("vendors", f"the address of {name} is no URL") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise InvalidInput("vendors", f"{name} is not written as NAME=https://HOST/PATH")
        return cls(name=name, url=url)


class VendorClient:
    """All vendors as one marketplace, asked side by side."""

    def __init__(
        self,
        vendors: Sequence[Vendor],
        patience_s: float = PATIENCE_SECONDS,
        breaker: Callable[[str], CircuitBreaker] = lambda _: CircuitBreaker(FAILURES_OUTSIDE),
    ) -> None:
        """Ask each for so long; `breaker` gives that of a vendor by name."""
        self._vendors = tuple(vendors)
        self._patience_s = patience_s
        self._breakers = {vendor.name: breaker(vendor.name) for vendor in vendors}

    async def offers(self, parts: Sequence[str], at: datetime) -> Sequence[Offer]:
        """Give what vendors ask for these parts now.

        Raises:
            Unavailable: none of them answered.
        """
        connect = min(CONNECT_SECONDS, self._patience_s)
        timeout = httpx.Timeout(self._patience_s, connect=connect)
        # Proxies are no business of the environment's: only the settings read it.
        async with httpx.AsyncClient(
            timeout=timeout, headers=HEADERS, verify=_tls_context(), trust_env=False
        ) as client:
            asked = [self._heard(client, vendor, parts, at) for vendor in self._vendors]
            answers = await asyncio.gather(*asked)
        if answers and all(answer is None for answer in answers):
            raise Unavailable("vendors", "none of them answered")
        return [offer for answer in answers for offer in answer or ()]

    async def _heard(
        self, client: httpx.AsyncClient, vendor: Vendor, parts: Sequence[str], at: datetime
    ) -> list[Offer] | None:
        """Give one vendor's offers; None: it said nothing that can be believed, or rests."""
        url = vendor.url.copy_merge_params({"part": list(parts)})
        try:
            with self._breakers[vendor.name].pass_through():
                said = await self._said(client, url)
        except Unavailable:
            return None
        return [_offer_of(one, vendor, at) for one in said.offers if one.part in parts]

    async def _said(self, client: httpx.AsyncClient, url: httpx.URL) -> _VendorAnswer:
        try:
            async with asyncio.timeout(self._patience_s):
                return _VendorAnswer.model_validate_json(await _read_body(client, url))
        except (httpx.HTTPError, TimeoutError, ValidationError) as error:
            raise Unavailable("vendors", type(error).__name__) from error


async def _read_body(client: httpx.AsyncClient, url: httpx.URL) -> bytes:
    """Give what was answered with 200, at most a megabyte."""
    async with client.stream("GET", url) as response:
        if response.status_code != OK:
            raise httpx.HTTPStatusError("not answered", request=response.request, response=response)
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > LONGEST_ANSWER:
                raise httpx.DecodingError("too long an answer", request=response.request)
    return bytes(body)


def _offer_of(said: _PricedPart, vendor: Vendor, at: datetime) -> Offer:
    return Offer(
        part=said.part,
        vendor=vendor.name,
        paise=Paise(said.paise),
        at=at,
        lead_days=said.lead_days,
    )


@cache
def _tls_context() -> SSLContext:
    """Read the certificates once: it takes longer than to ask."""
    return httpx.create_ssl_context()
