"""What somebody said to being written to: given or withdrawn, what for, and when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ConsentPurpose(StrEnum):
    """What a customer is asked for, each by itself; named as the channels are."""

    EMAIL = "email"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """One word of somebody; the last one of a purpose counts."""

    purpose: ConsentPurpose
    given: bool
    at: datetime
