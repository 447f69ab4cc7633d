"""How often somebody tried to sign in lately, by the mark of what they tried with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("sessions.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLimit:
    """So many tries are free within `window`; each one more doubles the wait, up to `longest`."""

    free: int
    window: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(minutes=5)

    def wait_after(self, tries: int) -> timedelta:
        """Give how long after the last of so many tries the next one may come."""
        over = tries - self.free
        if over < 0:
            return timedelta()
        return min(timedelta(seconds=2 ** min(over, 20)), self.longest)


class SignInTries:
    def __init__(self, records: Records) -> None:
        self._records = records

    async def count(self, marks: list[tuple[bytes, TryLimit]], now: datetime) -> timedelta:
        """Count one more try under all marks, or none: give how long it has to wait.

        It is counted before it is known how it ends, and one after the other, so that of a thousand
        at once no more are looked at than are free.
        """
        async with self._records.transaction() as connection:
            longest = timedelta()
            # In one order, so that two tries never wait for each other.
            for mark, limit in sorted(marks, key=lambda one: one[0]):
                given = {"mark": mark, "now": now}
                row = await (await connection.execute(QUERIES["hold_try"], given)).fetchone()
                if row is not None and row["last_at"] >= now - limit.window:
                    wait = limit.wait_after(row["tries"])
                    # While tries are free nobody waits, also where clocks differ a little.
                    longest = max(longest, row["last_at"] + wait - now if wait else wait)
            if longest > timedelta():
                return longest
            for mark, limit in sorted(marks, key=lambda one: one[0]):
                given = {"mark": mark, "now": now, "since": now - limit.window}
                await connection.execute(QUERIES["count_try"], given)
        return timedelta()

    async def is_own(self, account: bytes, address: bytes) -> bool:
        """Say whether the owner of an account signed in from an address before."""
        given = {"account": account, "address": address}
        return bool(await self._records.rows(QUERIES["signed_in_from"], **given))

    async def forgive(self, account: bytes, address: bytes) -> None:
        """Whoever got in starts anew; the address that many may share has one try less."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["forgive"], {"mark": account})
            await connection.execute(QUERIES["take_back"], {"mark": address})

    async def take_back(self, address: bytes) -> None:
        """A try that ended well does not count against an address that many may share."""
        async with self._records.transaction() as connection:
            await connection.execute(QUERIES["take_back"], {"mark": address})
