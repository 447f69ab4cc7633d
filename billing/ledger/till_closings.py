"""What is counted in a till, what its closing says, and what that moves in the books, purely."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from billing.gst import money
from billing.ledger import postings
from billing.ledger.postings import Account, PaymentMethod, PostingLeg
from domain import limits
from domain.errors import InvalidInput
from domain.ids import GarageId, PersonId

REASON_LIMIT, REASON_LEAST = 500, 10


class CashTaker(StrEnum):
    """Where the cash goes that is taken out of a till."""

    BANK = "bank"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class TillCount:
    """What somebody counted at the end of a day, in paise.

    Attributes:
        left: what stays for the next day, the rest is taken out; None: all of it stays.
        taken_to: where the rest goes.
        opening: what lay in the till before its first closing; later ones know what was left.
        reason: why it is not what the payments say; None: it is.
    """

    day: date
    counted: int
    left: int | None = None
    taken_to: CashTaker = CashTaker.BANK
    opening: int | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        for field in ("counted", "left", "opening"):
            paise = getattr(self, field)
            if paise is not None:
                money.whole_paise(field, paise, least=0)
        if self.left is not None and self.left > self.counted:
            raise InvalidInput("left", "is more than was counted")
        if self.reason is not None:
            object.__setattr__(self, "reason", till_reason(self.reason))

    @property
    def kept(self) -> int:
        """What stays in the till, in paise."""
        return self.counted if self.left is None else self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSum:
    """What came in and what went back by one method, in paise."""

    method: PaymentMethod
    came: int
    went: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TillReopening:
    """Why a closing does not stand any more."""

    reason: str
    at: datetime
    by: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class TillClosing:
    """What was counted and kept, in paise.

    Attributes:
        turn: a day that was reopened is closed again in its next turn; the first is 1.
        brought: what lay in the till at its beginning beyond what the books said of cash; the
            owner put it there (or, below zero, took it).
        taken_to: None: a closing from before what was taken out was posted.
        reopening: what undid it; None: it stands.
    """

    turn: int
    counted: int
    left: int
    brought: int
    taken_to: CashTaker | None
    reason: str | None
    at: datetime
    by: PersonId
    reopening: TillReopening | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TillDay:
    """A till from one day to another: what the payments say, and its closing; None: it is open."""

    garage: GarageId
    since: date
    day: date
    opening: int
    methods: tuple[MethodSum, ...]
    closing: TillClosing | None = None

    @property
    def cash(self) -> MethodSum:
        found = [one for one in self.methods if one.method is PaymentMethod.CASH]
        return found[0] if found else MethodSum(method=PaymentMethod.CASH, came=0, went=0)

    @property
    def expected(self) -> int:
        """What should lie in it, in paise; below zero more went than was there."""
        return self.opening + self.cash.came - self.cash.went

    @property
    def difference(self) -> int | None:
        """What was counted more (or, below zero, less) than expected."""
        return None if self.closing is None else self.closing.counted - self.expected


def till_reason(said: str) -> str:
    """Give a reason as it is kept, 10 to 500 characters.

    Raises:
        InvalidInput: it is shorter or longer.
    """
    return limits.clean_prose("reason", said, REASON_LIMIT, least=REASON_LEAST)


def turn_place(day: date, turn: int) -> str:
    """Give where a closing stands among those of its garage; the first of a day bears the day."""
    return day.isoformat() + (f"#{turn}" if turn > 1 else "")


def read_place(place: str) -> tuple[date, int]:
    """Read a place.

    Raises:
        ValueError: it is none.
    """
    day, _, turn = place.partition("#")
    return date.fromisoformat(day), int(turn or 1)


def closing_legs(till: TillDay) -> tuple[PostingLeg, ...]:
    """Give the legs of a closing, after which the account of cash is what was left in the till."""
    closing, difference = till.closing, till.difference
    if closing is None or difference is None:
        return ()
    moves = [(Account.OWNER, closing.brought), (Account.CASH_DIFFERENCE, difference)]
    if closing.taken_to is not None:
        moves.append((_taker_account(closing.taken_to), closing.left - closing.counted))
    return tuple(
        leg for source, paise in moves for leg in postings.cash_legs(source, paise, till.garage)
    )


def _taker_account(taker: CashTaker) -> Account:
    match taker:
        case CashTaker.BANK:
            return Account.BANK
        case CashTaker.OWNER:
            return Account.OWNER
