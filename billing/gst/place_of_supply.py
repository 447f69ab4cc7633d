"""Where a supply happens by law, by which rule, and so which taxes it bears (IN-4).

IGST Act, 2017: s.10 for goods, s.12 for services within India; s.7 and s.8 make a supply
inter-State (IGST) or intra-State (CGST + SGST or UTGST). An invoice for a repair keeps one place
for the whole document: with labour on it, that of the service. An accountant may overrule it; the
reason is kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from billing.gst import states
from billing.gst.parties import Party
from billing.gst.states import State
from domain import limits
from domain.errors import InvalidInput


class Nature(StrEnum):
    """What a line supplies."""

    SERVICE = "service"
    GOODS = "goods"


class PlaceRule(StrEnum):
    """The rule that fixed the place, by its number in the IGST Act."""

    SERVICE_REGISTERED = "s.12(2)(a)"
    SERVICE_ADDRESS = "s.12(2)(b)(i)"
    SERVICE_NO_ADDRESS = "s.12(2)(b)(ii)"
    SERVICE_PERFORMED = "s.13(3)(a)"
    GOODS_MOVED = "s.10(1)(a)"
    GOODS_HANDED_OVER = "s.10(1)(c)"
    GOODS_UNREGISTERED = "s.10(1)(ca)"
    GOODS_INSTALLED = "s.10(1)(d)"
    ACCOUNTANT = "overruled"


EXPLAINED = {
    PlaceRule.SERVICE_REGISTERED: "services to a registered person: where the recipient is",
    PlaceRule.SERVICE_ADDRESS: "services to an unregistered person: the address on record",
    PlaceRule.SERVICE_NO_ADDRESS: "services, no address on record: where the supplier is",
    PlaceRule.SERVICE_PERFORMED: "services on goods that are here, to a recipient abroad: where "
    "they are performed",
    PlaceRule.GOODS_MOVED: "goods sent: where the movement ends",
    PlaceRule.GOODS_HANDED_OVER: "goods handed over: where they are at that time",
    PlaceRule.GOODS_UNREGISTERED: "goods to an unregistered person: the State on the invoice, "
    "else where the supplier is",
    PlaceRule.GOODS_INSTALLED: "goods fitted at site: the place of installation",
    PlaceRule.ACCOUNTANT: "fixed by the accountant",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """How goods reach the buyer: sent to a State, fitted at a site in one, or (neither) here."""

    sent_to: State | None = None
    installed_in: State | None = None


HERE = Handover()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfSupply:
    """A place of supply with the rule that fixed it; `reason` only when it was overruled."""

    state: State
    rule: PlaceRule
    inter_state: bool
    reason: str = ""

    @property
    def explained(self) -> str:
        return self.reason or EXPLAINED[self.rule]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOverride:
    """An accountant's own decision."""

    state: State
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", limits.clean_text("reason", self.reason, 500, least=10))


def find_place_of_supply(
    supplier: Party,
    recipient: Party,
    natures: Collection[Nature],
    handover: Handover = HERE,
    overrule: PlaceOverride | None = None,
) -> PlaceOfSupply:
    """Decide where a document's supplies happen.

    Raises:
        InvalidInput: nothing is supplied, or nobody knows where the supplier is.
    """
    home = supplier.state
    if home is None:
        raise InvalidInput("supplier.state", "is needed to know which taxes are owed")
    if not natures:
        raise InvalidInput("lines", "are empty; there is nothing to place")
    if overrule is not None:
        return _make_place(home, recipient, overrule.state, PlaceRule.ACCOUNTANT, overrule.reason)
    if Nature.SERVICE in natures:
        return _make_place(home, recipient, *_place_of_service(home, recipient))
    return _make_place(home, recipient, *_place_of_goods(home, recipient, handover))


def _place_of_service(home: State, recipient: Party) -> tuple[State, PlaceRule]:
    if recipient.gstin is not None:
        return recipient.gstin.state, PlaceRule.SERVICE_REGISTERED
    if recipient.state == states.ABROAD:
        return home, PlaceRule.SERVICE_PERFORMED
    if recipient.state is not None:
        return recipient.state, PlaceRule.SERVICE_ADDRESS
    return home, PlaceRule.SERVICE_NO_ADDRESS


def _place_of_goods(home: State, recipient: Party, handover: Handover) -> tuple[State, PlaceRule]:
    if handover.installed_in is not None:
        return handover.installed_in, PlaceRule.GOODS_INSTALLED
    if handover.sent_to is not None and recipient.gstin is not None:
        return handover.sent_to, PlaceRule.GOODS_MOVED
    if recipient.gstin is not None or (recipient.state == states.ABROAD and not handover.sent_to):
        return home, PlaceRule.GOODS_HANDED_OVER
    # Circular 209/3/2024: where both are on the invoice, the delivery address decides.
    return handover.sent_to or recipient.state or home, PlaceRule.GOODS_UNREGISTERED


def _make_place(
    home: State, recipient: Party, where: State, rule: PlaceRule, reason: str = ""
) -> PlaceOfSupply:
    inter_state = where != home or where == states.ABROAD or recipient.special_zone
    return PlaceOfSupply(state=where, rule=rule, inter_state=inter_state, reason=reason)
