"""The catalogue of feature files: which there are, of which moment, and the hash of each (ML-3)."""

from dataclasses import asdict
from datetime import datetime

from domain.feature_sets import FeatureSet
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("feature_sets.sql")


class FeatureCatalogue:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def add(self, features: FeatureSet) -> None:
        """Note a file; of the same moment the last one stands.

        Raises:
            Unavailable: the records do not answer.
        """
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["add"], asdict(features))

    async def newest(self, moment: datetime) -> FeatureSet | None:
        """Give the newest file of a moment or before; None: there is none."""
        rows = await self._records.rows(QUERIES["newest"], moment=moment)
        return FeatureSet(**rows[0]) if rows else None
