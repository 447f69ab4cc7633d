"""What a garage says of itself for its invoices: who it is by law, its labour rate, its series."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum

from billing.gst import money, states
from billing.gst.gstin import parse_gstin
from billing.gst.parties import Address, Party
from billing.gst.series import garage_series
from billing.gst.upi import Payee
from billing.ledger.audit import MoneyEvent
from billing.ledger.books import Books, BooksChange
from domain import limits
from domain.errors import InvalidInput, NotFound, StaleVersion
from domain.ids import GarageId, PersonId
from records.database import Records, Row
from records.queries import named_queries

QUERIES = named_queries("garages.sql", "billing")
MOST_HOURLY = 10_000_000
UNSET = (
    "{garage} has no billing settings yet. An administrator sets them with setBillingSettings "
    "(expectedVersion: 0)."
)


class Scheme(StrEnum):
    """How a registered garage pays GST: of each sale, or of its turnover (CGST Act s.10)."""

    REGULAR = "regular"
    COMPOSITION = "composition"


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerProfile:
    """What may be said; checked when it is made.

    Attributes:
        labour_rate: paise for an hour, before tax.
        turnover: the largest of any year since 2017-18, in paise: who owes e-invoices, by when.
    """

    legal_name: str
    address: str
    state: str
    pincode: str
    labour_rate: int
    series: str
    gstin: str | None = None
    upi: str | None = None
    hsn_digits: int = 4
    turnover: int = 0
    scheme: Scheme = Scheme.REGULAR

    def __post_init__(self) -> None:
        # A row holds its name.
        object.__setattr__(self, "scheme", Scheme(self.scheme))
        if self.scheme is Scheme.COMPOSITION and self.gstin is None:
            raise InvalidInput(
                "scheme", "composition is for registered garages alone: say the GSTIN"
            )
        _ = self.party
        money.whole_paise("labourRate", self.labour_rate, least=0)
        limits.check_range("labourRate", self.labour_rate, 0, MOST_HOURLY)
        garage_series(self.series)
        if self.hsn_digits not in {4, 6}:
            raise InvalidInput("hsnDigits", "is 4 up to Rs 5 crore of turnover, 6 above")
        money.whole_paise("turnover", self.turnover, least=0)
        _ = self.payee

    @property
    def collects_tax(self) -> bool:
        """Whether it is registered, and not under composition."""
        return self.gstin is not None and self.scheme is Scheme.REGULAR

    @property
    def payee(self) -> Payee | None:
        """Who is paid by UPI, where the garage has an address there."""
        return None if self.upi is None else Payee(address=self.upi, name=self.legal_name)

    @property
    def party(self) -> Party:
        """The garage as an invoice names it."""
        where = Address(
            text=self.address, pincode=self.pincode, state=states.parse_state(self.state)
        )
        number = None if self.gstin is None else parse_gstin(self.gstin)
        return Party(name=self.legal_name, address=where, gstin=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """A garage that may issue; `version` grows with each change."""

    garage: GarageId
    version: int
    profile: SellerProfile
    changed_at: datetime
    changed_by: PersonId

    @property
    def taxpayer(self) -> str:
        """Whose numbers may never repeat: the GSTIN's, else the garage's own."""
        return self.profile.gstin or self.garage


class SellerStore:
    def __init__(self, records: Records, books: Books) -> None:
        self._records = records
        self._books = books

    async def get(self, garage: GarageId) -> Seller:
        """Give what a garage says of itself.

        Raises:
            NotFound: it has said nothing yet.
        """
        found = await self._records.rows(QUERIES["get"], garage=garage)
        if not found:
            raise NotFound("billing settings", garage, UNSET.format(garage=garage))
        return _seller_of(found[0])

    async def of_gstin(self, gstin: str) -> list[Seller]:
        """Give the garages of a taxpayer, with those that issued under this GSTIN before."""
        found = await self._records.rows(QUERIES["of_gstin"], gstin=gstin)
        return [_seller_of(row) for row in found]

    async def set(self, change: BooksChange, profile: SellerProfile, expected: int) -> Seller:
        """Say it anew, at the version one has in front of oneself (0: for the first time).

        Raises:
            StaleVersion: somebody else said it first.
            InvalidInput: another garage of this taxpayer numbers in the same series.
            OperationConflict: the key was used for something else.
        """
        async with self._books.open_transaction(change) as transaction:
            if await transaction.recall_made(change.garage) is None:
                held = await transaction.first_row(QUERIES["get"])
                actual = held["version"] if held else 0
                if actual != expected:
                    raise StaleVersion(change.garage, expected, actual)
                if await transaction.first_row(QUERIES["same_series"], **asdict(profile)):
                    raise InvalidInput("series", f"{profile.series} is another garage's")
                said = asdict(profile) | {"version": expected + 1}
                await transaction.execute(QUERIES["set"], **said)
                transaction.note_digest("setting", f"{change.garage}@{expected + 1}", said)
                await transaction.chain_event(MoneyEvent.SETTING_CHANGED, change.garage)
        return await self.get(change.garage)


def _seller_of(found: Row) -> Seller:
    return Seller(
        garage=GarageId(found["garage"]),
        version=found["version"],
        profile=SellerProfile(**{f.name: found[f.name] for f in fields(SellerProfile)}),
        changed_at=found["changed_at"],
        changed_by=PersonId(found["changed_by"]),
    )
