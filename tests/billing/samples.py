"""Synthetic sellers, buyers and invoices; every GSTIN is made from its check character."""

import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from billing.gst.document_numbers import parse_number
from billing.gst.gstin import Gstin, check_character, parse_gstin
from billing.gst.invoices import Invoice, InvoiceContent, compute_invoice
from billing.gst.lines import LineKind, PricedLine, labour_line
from billing.gst.money import Paise
from billing.gst.parties import Address, Party
from billing.gst.pincodes import DISTRICTS
from billing.gst.place_of_supply import PlaceOfSupply, PlaceRule, find_place_of_supply
from billing.gst.price_sources import PriceSource
from billing.gst.states import ABROAD, STATES, parse_state
from billing.gst.supplies import TAXED, Supply, SupplyKind

DAY = date(2026, 11, 26)


def synthetic(prefix: str, middle: str = "AAACX1234C1Z") -> Gstin:
    """A GSTIN of nobody, with the right check character."""
    return parse_gstin(f"{prefix}{middle}{check_character(prefix + middle)}")


def address(code: str = "07", text: str = "12 Ring Road, Lajpat Nagar\nNew Delhi") -> Address:
    pincode = "110024" if code == "07" else f"{DISTRICTS[code][0][0]}001"
    return Address(text=text, pincode=pincode, state=parse_state(code))


GARAGE = Party(
    name="Battwheels Garage Delhi",
    address=address(),
    gstin=synthetic("07"),
    phone="+91 98100 00000",
    email="bills@garage.example",
)
FLEET = Party(
    name="Green Fleet Logistics Private Limited",
    address=Address(text="Plot 7, Sector 18\nGurugram", pincode="122015", state=parse_state("06")),
    gstin=synthetic("06", "AABCG4321K1Z"),
)
RIDER = Party(name="Asha Rider", address=address())
WALK_IN = Party(name="Cash customer")
ZONE = replace(FLEET, special_zone=True)
ABROAD_BUYER = Party(
    name="Kathmandu Riders",
    address=Address(text="7 Durbar Marg\nKathmandu", pincode="999999", state=ABROAD),
)
WITHOUT_TAX = Supply(kind=SupplyKind.WITHOUT_TAX, undertaking="AD0704260012345")


def paise_of(text: str) -> Paise:
    """Read rupees as people write them: `14,160.00` → 1416000 paise."""
    return Paise(int(Decimal(text.replace(",", "")).scaleb(2)))


def part(description: str, hsn: str, price: int, quantity: str = "1", **more: object) -> PricedLine:
    return PricedLine(
        kind=LineKind.PART,
        hsn=hsn,
        description=description,
        quantity=Decimal(quantity),
        unit="NOS",
        unit_price=Paise(price),
        priced_from=PriceSource.LIST,
        **more,  # pyright: ignore[reportArgumentType]
    )


# Invented names in every script that is read, each with a conjunct.
NAMES = {
    "hi": "क्षत्रिय ज्ञानेन्द्र",
    "mr": "श्रीकृष्ण राष्ट्रे",
    "bn": "ক্ষুদ্র শ্রী গোষ্ঠী",
    "pa": "ਸ੍ਰੀ ਪ੍ਰੀਤ ਪੰਜਾਬ",
    "gu": "ક્ષેત્ર જ્ઞાન શ્રી",
    "or": "କ୍ଷେତ୍ର ଶ୍ରୀ",
    "ta": "ஸ்ரீ க்ஷேத்ரம் கொடுப்போம்",
    "te": "క్షేత్రం శ్రీ జ్ఞానం",
    "kn": "ಕ್ಷೇತ್ರ ಶ್ರೀ ಜ್ಞಾನ",
    "ml": "ക്ഷേത്രം ശ്രീ ജ്ഞാനം",
}
LINES = (
    labour_line(
        "Battery pack: isolate, open, replace the BMS, balance", Decimal("2.5"), Paise(600_00)
    ),
    part("Battery management system, 48 V, 16S", "853710", 8_500_00),
    part("Brake pads, front pair", "871410", 625_10, "2", discount=Paise(50_20)),
)


def draft(
    buyer: Party = RIDER, lines: tuple[PricedLine, ...] = LINES, **more: object
) -> InvoiceContent:
    natures = {line.nature for line in lines}
    return InvoiceContent(
        date=DAY,
        supplier=GARAGE,
        recipient=buyer,
        place=find_place_of_supply(GARAGE, buyer, natures),
        lines=lines,
        **more,  # pyright: ignore[reportArgumentType]
    )


def issued(buyer: Party = RIDER, serial: int = 123, **more: object) -> Invoice:
    made = compute_invoice(draft(buyer, **more))  # pyright: ignore[reportArgumentType]
    return replace(made, number=parse_number(f"DL01/2627/{serial:06d}"))


PARTS = ("853710", "871410", "850760", "871160", "4011", "870899")
quantities = st.integers(1, 50_000).map(lambda n: Decimal(n).scaleb(-2))


def _any_part(hsn: str, price: int, quantity: Decimal, off: int) -> PricedLine:
    gross = int(price * quantity)
    return part("A part", hsn, price, str(quantity), discount=Paise(gross * off // 100))


def _any_work(tenths: int, rate: int) -> PricedLine:
    return labour_line("Work", Decimal(tenths) / 10, Paise(rate))


def _any_invoice(buyer: Party, lines: tuple[PricedLine, ...]) -> Invoice:
    return issued(buyer, lines=lines)


part_lines = st.builds(
    _any_part, st.sampled_from(PARTS), st.integers(0, 2_000_000), quantities, st.integers(0, 100)
)
labour_lines = st.builds(_any_work, st.integers(1, 400), st.integers(0, 500_000))
line_sets = st.lists(part_lines | labour_lines, min_size=1, max_size=12).map(tuple)
buyers = st.one_of(
    st.sampled_from((RIDER, WALK_IN, FLEET)),
    st.sampled_from(sorted(STATES)).map(
        lambda code: Party(name="Buyer", address=address(code), gstin=synthetic(code))
    ),
)
SENT_ABROAD = PlaceOfSupply(
    state=ABROAD, rule=PlaceRule.ACCOUNTANT, inter_state=True, reason="Sent abroad by air"
)


def sold_as(
    supply: Supply, buyer: Party, lines: tuple[PricedLine, ...] = LINES, serial: int = 123
) -> Invoice:
    """Give a document of an unusual supply; to somebody abroad it leaves India."""
    content = replace(draft(buyer, lines), supply=TAXED)
    if buyer.state == ABROAD:
        content = replace(content, place=SENT_ABROAD)
    made = compute_invoice(replace(content, supply=supply))
    return replace(made, number=parse_number(f"DL01/2627/{serial:06d}"))


def _any_unusual(sold: tuple[Supply, Party], lines: tuple[PricedLine, ...]) -> Invoice:
    return sold_as(*sold, lines)


UNUSUAL = (
    *itertools.product((TAXED, WITHOUT_TAX), (ZONE, ABROAD_BUYER)),
    (Supply(kind=SupplyKind.DEEMED_EXPORT), FLEET),
)
unusual = st.builds(_any_unusual, st.sampled_from(UNUSUAL), line_sets)
invoices = st.one_of(st.builds(_any_invoice, buyers, line_sets), unusual)
