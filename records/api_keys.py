"""The keys of machines, as they are kept: who they are for, what they may, when they were used."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import LiteralString

from domain.api_keys import ADDRESSES, MOST_LIVE_KEYS, ApiKey, KeyScope, KeyUse, Rung
from domain.deeds import Change, Deed, SettingsOperation, Values
from domain.errors import InvalidInput, NotFound
from domain.ids import GarageId, KeyId, PersonId
from records.audit_trail import DeedWriter, is_written
from records.database import Connection, Records, Row
from records.queries import named_queries

QUERIES = named_queries("api_keys.sql")


class ApiKeyStore:
    def __init__(self, records: Records, deeds: DeedWriter) -> None:
        self._records = records
        self._deeds = deeds

    async def add(self, key: ApiKey, digest: bytes, operation: SettingsOperation) -> ApiKey:
        """Keep a new key, or give the one that has its id.

        Raises:
            InvalidInput: more keys are live than a process may hold.
        """
        given = asdict(key) | {"digest": digest, "most": MOST_LIVE_KEYS}
        # To the driver a tuple is a row, and a list an array.
        given |= {"scopes": list(key.scopes)}
        given |= {"garages": None if key.garages is None else list(key.garages)}
        async with self._records.transaction() as connection:
            # One at a time: of two that are counted at once both would find the last place free.
            await connection.execute(QUERIES["hold_count"])
            if (await connection.execute(QUERIES["add"], given)).rowcount:
                await self._deeds.write(connection, [_deed(operation, "createApiKey", key)])
            found = await (await connection.execute(QUERIES["key"], {"id": key.id})).fetchone()
        if found is None:
            raise InvalidInput(
                "partner", f"{MOST_LIVE_KEYS} keys are in use; revoke some that are not needed"
            )
        return _key_of(found)

    async def get(self, id: KeyId) -> ApiKey:
        """Give one key, in use or not.

        Raises:
            NotFound: there is none.
        """
        rows = await self._records.rows(QUERIES["key"], id=id)
        if not rows:
            raise NotFound("key", id)
        return _key_of(rows[0])

    async def page(
        self, *, first: int, after: str | None = None, partner: str | None = None
    ) -> list[ApiKey]:
        """Give up to `first` keys, of one partner or of all, by id."""
        rows = await self._records.rows(QUERIES["page"], first=first, after=after, partner=partner)
        return [_key_of(row) for row in rows]

    async def revoke(self, id: KeyId, operation: SettingsOperation) -> ApiKey:
        """Refuse a key from now on; one that is refused already stays as it was.

        Raises:
            NotFound: there is none.
        """
        async with self._records.transaction() as connection:
            await self._revoked(connection, QUERIES["revoke"], operation, id=id)
            found = await (await connection.execute(QUERIES["key"], {"id": id})).fetchone()
        if found is None:
            raise NotFound("key", id)
        return _key_of(found)

    async def change_rung(self, id: KeyId, rung: Rung, operation: SettingsOperation) -> ApiKey:
        """Hold a key otherwise to its documents from now on, and give it as it stands.

        Raises:
            NotFound: there is none.
        """
        async with self._records.transaction() as connection:
            held = await (await connection.execute(QUERIES["hold_key"], {"id": id})).fetchone()
            if held is None:
                raise NotFound("key", id)
            key = _key_of(held)
            deed = _rung_deed(operation, key, rung)
            # Asked again when somebody has changed it since, it is not changed back.
            if key.rung is rung or await is_written(connection, deed):
                return key
            await connection.execute(QUERIES["change_rung"], {"id": id, "rung": rung.value})
            await self._deeds.write(connection, [deed])
        return replace(key, rung=rung)

    async def revoke_partner(self, partner: str, operation: SettingsOperation) -> int:
        """Refuse all keys of a partner from now on, and say how many these were."""
        async with self._records.transaction() as connection:
            query = QUERIES["revoke_partner"]
            return await self._revoked(connection, query, operation, partner=partner)

    async def revoke_made_by(
        self, connection: Connection, maker: PersonId, operation: SettingsOperation
    ) -> int:
        """Refuse the keys that somebody made, who is erased; say how many these were."""
        return await self._revoked(connection, QUERIES["revoke_made"], operation, maker=maker)

    async def hand_over(
        self, connection: Connection, maker: PersonId, operation: SettingsOperation
    ) -> int:
        """Have the keys that somebody made, who is erased, answered for by whoever erases them."""
        given = {"by": operation.who, "at": operation.at, "maker": maker}
        rows = await (await connection.execute(QUERIES["hand_over"], given)).fetchall()
        change = Change(before={"made_by": maker}, after={"made_by": operation.who})
        told = [
            operation.deed("handOverApiKey", key.id, change, garage=_only_garage(key))
            for key in map(_key_of, rows)
        ]
        await self._deeds.write(connection, told)
        return len(told)

    async def live(self, now: datetime) -> list[tuple[ApiKey, bytes]]:
        """Give all keys that may be used, each with the hash of its secret."""
        rows = await self._records.rows(QUERIES["live"], now=now)
        return [(_key_of(row), bytes(row["digest"])) for row in rows]

    async def note_uses(self, uses: Sequence[KeyUse]) -> None:
        """Write down when and from where keys were used."""
        async with self._records.transaction() as connection:
            for use in sorted(uses, key=lambda one: one.key):
                given = {"addresses": list(use.addresses), "most": ADDRESSES}
                await connection.execute(QUERIES["use"], {"key": use.key, "at": use.at, **given})

    async def _revoked(
        self,
        connection: Connection,
        query: LiteralString,
        operation: SettingsOperation,
        **which: str,
    ) -> int:
        given = {"by": operation.who, "at": operation.at, **which}
        rows = await (await connection.execute(query, given)).fetchall()
        keys = [_key_of(row) for row in rows]
        told = [_deed(operation, "revokeApiKey", key) for key in keys]
        await self._deeds.write(connection, told)
        return len(keys)


def _deed(operation: SettingsOperation, verb: str, key: ApiKey) -> Deed:
    """Give what the audit is told of a key that was made, or is revoked now."""
    told: Values = {"partner": key.partner, "revoked": True}
    if key.revoked_at is None:
        told = {
            "partner": key.partner,
            "scopes": " ".join(key.scopes),
            "garages": "all" if key.garages is None else " ".join(key.garages),
            "rung": key.rung.value,
            "expires_at": key.expires_at.isoformat(timespec="seconds"),
        }
    return operation.deed(verb, key.id, Change(after=told), garage=_only_garage(key))


def _rung_deed(operation: SettingsOperation, key: ApiKey, rung: Rung) -> Deed:
    change = Change(before={"rung": key.rung.value}, after={"rung": rung.value})
    return operation.deed("changeApiKeyRung", key.id, change, garage=_only_garage(key))


def _only_garage(key: ApiKey) -> GarageId | None:
    return key.garages[0] if key.garages is not None and len(key.garages) == 1 else None


def _key_of(row: Row) -> ApiKey:
    garages = row["garages"]
    return ApiKey(
        id=KeyId(row["id"]),
        prefix=row["prefix"],
        partner=row["partner"],
        name=row["name"],
        scopes=tuple(KeyScope(one) for one in row["scopes"]),
        garages=None if garages is None else tuple(GarageId(one) for one in garages),
        rung=Rung(row["rung"]),
        made_by=PersonId(row["made_by"]),
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
        last_addresses=tuple(row["last_addresses"]),
    )
