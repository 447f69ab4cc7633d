"""A file of features, as the catalogue knows it (row ML-3)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """What cards were known as at a moment: how many, in which file, what its bytes hash to."""

    at: datetime
    cards: int
    file: str
    sha256: str
