"""As whom a key management service knows us."""

from dataclasses import dataclass, field

SETTING = "BATTWHEELS_KEY_SERVICE_URL"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServiceAccount:
    """Where the service is, which of its keys wraps ours, and as whom it knows us.

    Attributes:
        url: its address, with the path of the transit engine where that is another one than
            `/v1/transit`.
    """

    url: str
    key: str
    token: str = field(repr=False)
