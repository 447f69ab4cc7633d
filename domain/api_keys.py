"""API keys: machines of partners are let in by a secret, with the rights of its scopes (AU-3).

A key has no role. What it may do is the union of its scopes, each a part of the permission matrix
that a machine may hold at all: no scope verifies a card, voids a paper, reads an employee or makes
another key. A request acts in one garage of its key, so that one share of the service counts it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from domain import limits
from domain.access import Action, Actor, Grants, MachineRole, ResourceKind
from domain.errors import InvalidInput
from domain.ids import GarageId, KeyId, PersonId, garage_id

NAME_LIMIT, PARTNER_LIMIT = 80, 64
MOST_GARAGES = 100
LONGEST_DAYS = 400
# More would not be held in memory by every process.
MOST_LIVE_KEYS = 1_000
ADDRESSES = 5


class KeyScope(StrEnum):
    READ_TICKETS = "tickets:read"
    WRITE_TICKETS = "tickets:write"
    READ_CARDS = "cards:read"
    WRITE_CARDS = "cards:write"
    READ_INVOICES = "invoices:read"
    READ_REPORTS = "reports:read"


class Rung(StrEnum):
    """How far a caller is held to registered documents.

    LOG: any text runs, and what was not registered is noted. ENFORCE: only texts and ids that are
    registered run. ID_ONLY: only ids do.
    """

    LOG = "log"
    ENFORCE = "enforce"
    ID_ONLY = "id_only"


SCOPE_RIGHTS: Mapping[KeyScope, frozenset[tuple[ResourceKind, Action]]] = {
    KeyScope.READ_TICKETS: frozenset({(ResourceKind.TICKET, Action.READ)}),
    KeyScope.WRITE_TICKETS: frozenset(
        {(ResourceKind.TICKET, Action.CREATE), (ResourceKind.TICKET, Action.UPDATE)}
    ),
    KeyScope.READ_CARDS: frozenset({(ResourceKind.CARD, Action.READ)}),
    KeyScope.WRITE_CARDS: frozenset(
        {(ResourceKind.CARD, Action.CREATE), (ResourceKind.CARD, Action.UPDATE)}
    ),
    KeyScope.READ_INVOICES: frozenset({(ResourceKind.INVOICE, Action.READ)}),
    KeyScope.READ_REPORTS: frozenset(
        {(ResourceKind.REPORT, Action.READ), (ResourceKind.REPORT, Action.EXPORT)}
    ),
}


class KeysLeft(StrEnum):
    """What becomes of the keys that somebody made who is erased.

    REVOKE: they are refused; whoever made a key knew its secret. HAND_OVER: they go on, and whoever
    erases answers for them from then on.
    """

    REVOKE = "revoke"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrder:
    """What a key is to be, as an administrator asks for it.

    Attributes:
        garages: those that it may act in; None: every garage of the network.
    """

    partner: str
    name: str
    scopes: tuple[KeyScope, ...]
    garages: tuple[GarageId, ...] | None
    rung: Rung
    lifetime: timedelta

    def __post_init__(self) -> None:
        limits.check_count("scopes", len(self.scopes), len(KeyScope), least=1)
        if self.garages is not None:
            limits.check_count("garages", len(self.garages), MOST_GARAGES, least=1)
        days = self.lifetime / timedelta(days=1)
        limits.check_range("days", round(days), 1, LONGEST_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: of its secret only a hash is, elsewhere.

    Attributes:
        prefix: the first letters of its secret, by which people tell keys apart.
        last_addresses: where it was last used from, the newest first, at most five.
    """

    id: KeyId
    prefix: str
    partner: str
    name: str
    scopes: tuple[KeyScope, ...]
    garages: tuple[GarageId, ...] | None
    rung: Rung
    made_by: PersonId
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    last_addresses: tuple[str, ...] = ()

    def fits(self, order: KeyOrder, by: PersonId) -> bool:
        """Say whether this is the key that was ordered so."""
        wanted = (order.partner, order.name, order.scopes, order.garages, order.rung, by)
        return (*wanted, order.lifetime) == (
            *(self.partner, self.name, self.scopes, self.garages, self.rung, self.made_by),
            self.expires_at - self.made_at,
        )

    def as_made(self) -> "ApiKey":
        """Give the key as it was when it was made, for whoever asks for it a second time."""
        return replace(self, revoked_at=None, last_used_at=None, last_addresses=())

    def actor(self, garage: str | None = None) -> Actor:
        """Give who the key acts as, in the garage that the request names, or its only one.

        Raises:
            InvalidInput: the garage is none of the key's, or one of several has to be named.
        """
        return Actor(
            id=PersonId(f"key-{self.id}"),
            role=MachineRole.MACHINE,
            garage=self._chosen(garage),
            grants=Grants(
                rights=frozenset(right for scope in self.scopes for right in SCOPE_RIGHTS[scope]),
                every_garage=self.garages is None and garage is None,
            ),
        )

    def _chosen(self, garage: str | None) -> GarageId | None:
        if garage is not None:
            if self.garages is not None and garage not in self.garages:
                raise InvalidInput("X-Garage", "is not a garage of this key")
            return garage_id(garage)
        if self.garages is None:
            return None
        if len(self.garages) > 1:
            raise InvalidInput("X-Garage", "say which of the key's garages is meant")
        return next(iter(self.garages))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """When a key was last used, and from where: the newest address first."""

    key: KeyId
    at: datetime
    addresses: tuple[str, ...]


def partner_name(value: str) -> str:
    """Give a partner's name: small letters, digits and dashes, as it stands in manifests too.

    Raises:
        InvalidInput: it is empty, too long or spelt otherwise.
    """
    clean = limits.clean_text("partner", value, PARTNER_LIMIT)
    if not (clean.isascii() and clean.replace("-", "").isalnum() and clean == clean.lower()):
        raise InvalidInput("partner", "is spelt in small letters, digits and dashes")
    return clean
