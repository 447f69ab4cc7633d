"""What a repair costs, purely: the parts and the time, from the ticket or else from its card."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pydantic import TypeAdapter

from billing.gst import letters, lines, price_sources, tax_rates, units
from billing.gst.lines import LineKind, PricedLine
from billing.gst.money import ZERO, Paise
from billing.gst.price_sources import PartPrice
from billing.gst.tariff_codes import demand_in_tariff, parse_tariff_code
from billing.gst.terms import InvoiceTerms
from billing.ledger.sellers import Seller
from domain.cards import FailureCard, PartUse
from domain.errors import InvalidInput
from domain.tickets import Ticket
from domain.vocabulary import Part

DEFAULT_WORK = "Repair and maintenance of an electric vehicle"
SAID_CODE = "tariffs.code"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCosts:
    """What is billed; `estimated` when a card guessed it (IP-10), `work` says what was done."""

    parts: tuple[PartUse, ...]
    minutes: int
    estimated: bool
    work: str = DEFAULT_WORK


COSTS: Final = TypeAdapter(RepairCosts)
PRICES: Final = TypeAdapter(dict[str, PartPrice])


def repair_costs(ticket: Ticket, card: FailureCard | None) -> RepairCosts:
    """Give the parts really used and the minutes really spent, else those of the card, flagged.

    Raises:
        InvalidInput: neither says what was done.
    """
    work = DEFAULT_WORK if card is None else card.title
    if ticket.outcome is not None:
        done = ticket.outcome
        return RepairCosts(parts=done.parts, minutes=done.minutes, estimated=False, work=work)
    if card is None:
        raise InvalidInput("ticket", "says neither what was used nor which card was followed")
    fix = card.resolution
    return RepairCosts(parts=fix.parts, minutes=fix.labour_minutes, estimated=True, work=work)


def priced_lines(
    found: RepairCosts,
    seller: Seller,
    terms: InvoiceTerms,
    parts: Mapping[str, Part],
    prices: Mapping[str, PartPrice],
) -> tuple[PricedLine, ...]:
    """Give the lines of an invoice: one for each part, and one for the labour.

    Raises:
        InvalidInput: a part without a price or a tariff code, a discount on what is not there.
    """
    amounts = price_sources.settled_prices(prices)
    used = _sum_parts(found.parts)
    _demand_known_parts("discounts", terms.discounts, used)
    _demand_known_parts("tariffs", terms.tariffs, used)
    with _discount_of("discounts"):
        goods = tuple(
            PricedLine(
                kind=LineKind.PART,
                hsn=_tariff_code(part, parts.get(part), terms, seller.profile.hsn_digits),
                goods=_goods_of(part, terms),
                description=_part_name(parts[part]),
                quantity=Decimal(quantity),
                unit=units.PIECE,
                unit_price=amounts[part],
                discount=terms.discounts.get(part, ZERO),
                part=part,
                priced_from=prices[part].source,
                estimated=found.estimated,
            )
            for part, quantity in used.items()
        )
    with _discount_of("labourDiscount"):
        return (*goods, *_labour_lines(found, seller, terms))


def _labour_lines(
    found: RepairCosts, seller: Seller, terms: InvoiceTerms
) -> tuple[PricedLine, ...]:
    if found.minutes == 0:
        if terms.labour_discount:
            raise InvalidInput("labourDiscount", "no labour is on this invoice; leave it out")
        return ()
    time = price_sources.billed_hours(found.minutes)
    hourly = Paise(seller.profile.labour_rate)
    return (
        lines.labour_line(
            letters.without_emoji(found.work) or DEFAULT_WORK, time, hourly, terms.labour_discount
        ),
    )


@contextmanager
def _discount_of(field: str) -> Generator[None]:
    """Name a discount that is too large as whoever gave it does."""
    try:
        yield
    except InvalidInput as wrong:
        if wrong.field != "discount":
            raise
        raise wrong.at(field) from wrong


def _sum_parts(parts: Sequence[PartUse]) -> dict[str, int]:
    used: dict[str, int] = {}
    for use in parts:
        used[use.part] = used.get(use.part, 0) + use.quantity
    return used


def _tariff_code(id: str, part: Part | None, terms: InvoiceTerms, digits: int) -> str:
    """Give a part's code, as the accountant says it, else the catalogue's."""
    if part is None:
        raise InvalidInput("parts", f"{id} is not in the catalogue")
    said = _said_code(id, terms)
    code = said or part.hsn
    if code is None:
        reason = "is missing in the catalogue; search `tariffCodes` and say it in `tariffs`"
        raise InvalidInput(f"parts.{id}.hsn", reason)
    field = f"parts.{id}.hsn" if said is None else SAID_CODE
    return demand_in_tariff(parse_tariff_code(code, field, least=digits), field)


@contextmanager
def told_of_tariffs(terms: InvoiceTerms, lines: Sequence[PricedLine]) -> Generator[None]:
    """Name a line's code as whoever said it does: the catalogue's stays that of its line."""
    try:
        yield
    except InvalidInput as wrong:
        said = {
            f"lines.{n}.hsn"
            for n, line in enumerate(lines, start=1)
            if line.part is not None and _said_code(line.part, terms) is not None
        }
        if wrong.field not in said:
            raise
        raise wrong.at(SAID_CODE) from wrong


def _said_code(id: str, terms: InvoiceTerms) -> str | None:
    choice = terms.tariffs.get(id)
    return None if choice is None else choice.code


def _part_name(part: Part) -> str:
    """Give what a page calls a part."""
    name = letters.without_emoji(part.name)
    if not name:
        reason = f"{part.id} is called by emoji alone, which no page shows; rename it"
        raise InvalidInput("parts", reason)
    return name


def _goods_of(id: str, terms: InvoiceTerms) -> str:
    """Give which goods of its code a part is: as said, else what is known of shipped parts."""
    choice = terms.tariffs.get(id)
    return tax_rates.goods_of_part(id) if choice is None else choice.goods


def _demand_known_parts(field: str, said: Mapping[str, object], used: Mapping[str, int]) -> None:
    unknown = sorted(set(said) - set(used))
    if unknown:
        raise InvalidInput(field, f"{', '.join(unknown)[:200]}: not on this invoice")
