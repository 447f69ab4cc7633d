"""What callers hand in, as JSON, to begin a test with."""

from typing import Any
from uuid import UUID

OPERATION = UUID("01999999-0000-7000-8000-000000000001")
SECOND = UUID("01999999-0000-7000-8000-000000000002")

CARD_INPUT: dict[str, Any] = {
    "title": "Charging stops near 80 percent",
    "signature": {"text": "Charging stops at 80 percent", "errorCodes": ["E401"]},
    "cause": {"primary": "Cells drifted apart"},
    "resolution": {
        "type": "RECALIBRATION",
        "steps": [{"action": "Balance the cells", "minutes": 40}],
    },
    "vehicles": [{"make": "Ather", "model": "450X", "year": 2024}],
}
