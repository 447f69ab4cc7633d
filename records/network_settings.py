"""The settings of the network in Postgres: one row, or none while nobody has said anything."""

from datetime import datetime
from typing import Any

from domain.hours import WeekHours
from domain.ids import PersonId
from domain.network_settings import DEFAULTS, NetworkSettings
from records.database import Connection, Records
from records.queries import named_queries

QUERIES = named_queries("network_settings.sql")


async def read_settings(records: Records) -> NetworkSettings:
    rows = await records.rows(QUERIES["read"])
    return settings_of(rows[0]) if rows else DEFAULTS


async def hold_settings(connection: Connection) -> NetworkSettings:
    """Give the settings, which nobody else changes until the transaction ends."""
    await connection.execute(QUERIES["hold"])
    row = await (await connection.execute(QUERIES["read"])).fetchone()
    return DEFAULTS if row is None else settings_of(row)


async def put_settings(
    connection: Connection, settings: NetworkSettings, at: datetime, by: PersonId
) -> None:
    await connection.execute(QUERIES["put"], write_settings(settings) | {"at": at, "by": by})


def write_settings(settings: NetworkSettings) -> dict[str, Any]:
    return {
        "version": settings.version,
        "message_days": settings.message_days,
        "usual_hours": str(settings.usual_hours),
    }


def settings_of(row: dict[str, Any]) -> NetworkSettings:
    """Give the settings of a row, or of what was kept of one."""
    return NetworkSettings(
        version=row["version"],
        message_days=row["message_days"],
        usual_hours=WeekHours.parse("usualHours", row["usual_hours"]),
    )
