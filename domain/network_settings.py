"""What the network goes by in all its garages; a garage's own settings are `domain.people`."""

from dataclasses import dataclass

from domain.alarms import USUAL_HOURS
from domain.errors import InvalidInput
from domain.hours import WeekHours

LEAST_DAYS, MOST_DAYS = 30, 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSettings:
    """The settings of the network.

    Attributes:
        version: counts the changes; 0: nobody has said anything.
        usual_hours: of a garage that has not said when it is open.
        message_days: how long it is kept what customers were told of their invoices.
    """

    version: int = 0
    usual_hours: WeekHours = USUAL_HOURS
    message_days: int = 365

    def __post_init__(self) -> None:
        if not LEAST_DAYS <= self.message_days <= MOST_DAYS:
            raise InvalidInput("messageDays", f"is not between {LEAST_DAYS} and {MOST_DAYS} days")


DEFAULTS = NetworkSettings()
