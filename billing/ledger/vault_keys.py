"""Whether the vault still opens what was sealed: a missing key is found before anyone reads."""

from access.vault import Vault
from domain.errors import UnsafeSetting
from records.database import Records
from records.queries import named_queries

QUERIES = named_queries("vault.sql", "billing")
# Every sealed value is looked at, its first bytes alone: a million take some seconds.
SECONDS = 120.0


async def demand_keys(records: Records, vault: Vault) -> None:
    """Return when every key that something is sealed with is there.

    Raises:
        UnsafeSetting: one is missing.
    """
    async with records.transaction(SECONDS) as connection:
        found = await (await connection.execute(QUERIES["keys_in_use"])).fetchall()
    missing = sorted({row["name"] for row in found} - vault.keys.keys())
    if missing:
        names = ", ".join(missing)
        raise UnsafeSetting(
            "BATTWHEELS_VAULT_KEYS",
            f"misses {names}: customers are sealed with it. Put the old key back behind the "
            "current one, as NAME:BASE64; nothing was changed",
        )
