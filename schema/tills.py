"""The till in the API: what came and went by each method, and what was counted."""

from datetime import date, datetime
from typing import Annotated, Self

import strawberry
from strawberry import field

from billing.ledger import till_closings
from billing.ledger.postings import PaymentMethod
from billing.ledger.till_closings import CashTaker
from schema.money import Money, Paise
from schema.refusals import InvalidInput, MonthClosed, NotAllowed, OperationConflict


@strawberry.input(description="What was counted in a till at the end of a day.")
class TillInput:
    counted: Paise = field(description="All the cash in it.")
    day: date | None = field(default=None, description="Up to which day; null: today, in India.")
    left: Paise | None = field(
        default=None, description="What stays in it for the next day; null: all of it."
    )
    taken_to: CashTaker = field(
        default=CashTaker.BANK, description="Where the rest goes; it is posted there."
    )
    opening: Paise | None = field(
        default=None,
        description="What lay in it before its first closing; null: what the books say. Later "
        "ones know what was left.",
    )
    reason: str | None = field(
        default=None,
        description="Why it is not what the payments say, 10 to 500 characters; it is kept.",
    )
    garage: strawberry.ID | None = field(default=None, description="Whose, if not your own.")


@strawberry.type(description="What came in and went back by one method.")
class MethodSum:
    method: PaymentMethod = field(description="How.")
    came: Money = field(description="What came in.")
    went: Money = field(description="What was given back.")

    @classmethod
    def from_domain(cls, value: till_closings.MethodSum) -> Self:
        return cls(
            method=value.method,
            came=Money.from_domain(value.came),
            went=Money.from_domain(value.went),
        )


@strawberry.type(description="Why a closing does not stand any more.")
class TillReopening:
    reason: str = field(description="Why it was undone.")
    at: datetime = field(description="When.")
    by: strawberry.ID = field(description="By whom.")

    @classmethod
    def from_domain(cls, value: till_closings.TillReopening) -> Self:
        return cls(reason=value.reason, at=value.at, by=strawberry.ID(value.by))


@strawberry.type(description="A till that was counted; what was written down never changes.")
class TillClosing:
    counted: Money = field(description="What was counted.")
    difference: Money = field(description="How much more, or below zero less, than expected.")
    left: Money = field(description="What stayed in it for the next day.")
    taken: Money = field(description="What was taken out of it.")
    taken_to: CashTaker | None = field(
        description="Where that went; null: a closing from before it was posted."
    )
    reason: str | None = field(description="Why it differed; null: it did not.")
    at: datetime = field(description="When it was written down.")
    by: strawberry.ID = field(description="By whom.")
    reopening: TillReopening | None = field(description="What undid it; null: it stands.")

    @classmethod
    def from_domain(cls, value: till_closings.TillClosing, difference: int) -> Self:
        return cls(
            counted=Money.from_domain(value.counted),
            difference=Money.from_domain(difference),
            left=Money.from_domain(value.left),
            taken=Money.from_domain(value.counted - value.left),
            taken_to=value.taken_to,
            reason=value.reason,
            at=value.at,
            by=strawberry.ID(value.by),
            reopening=value.reopening and TillReopening.from_domain(value.reopening),
        )


@strawberry.type(description="A garage's till from one day to another.")
class TillDay:
    since: date = field(description="The first day of it: the one after the closing before.")
    day: date = field(description="The last day of it.")
    opening: Money = field(description="What lay in it at the beginning.")
    expected: Money = field(description="What the payments say should lie in it at the end.")
    methods: list[MethodSum] = field(
        description="What came and went by each method; tax withheld is no money."
    )
    closing: TillClosing | None = field(description="What was counted; null: it is open.")

    @classmethod
    def from_domain(cls, value: till_closings.TillDay) -> Self:
        closing, difference = value.closing, value.difference
        return cls(
            since=value.since,
            day=value.day,
            opening=Money.from_domain(value.opening),
            expected=Money.from_domain(value.expected),
            methods=[MethodSum.from_domain(one) for one in value.methods],
            closing=None
            if closing is None or difference is None
            else TillClosing.from_domain(closing, difference),
        )


@strawberry.type(description="The till is closed; no cash is dated into its days while it stands.")
class TillClosed:
    till: TillDay = field(description="The till with what was counted.")


CloseTillResult = Annotated[
    TillClosed | InvalidInput | MonthClosed | NotAllowed | OperationConflict,
    strawberry.union("CloseTillResult", description="The closed till, or why it is open."),
]


@strawberry.type(description="The closing is undone; its days are counted again by the next one.")
class TillReopened:
    till: TillDay = field(description="The closing, with why it does not stand any more.")


ReopenTillResult = Annotated[
    TillReopened | InvalidInput | MonthClosed | NotAllowed | OperationConflict,
    strawberry.union("ReopenTillResult", description="The undone closing, or why it stands."),
]
