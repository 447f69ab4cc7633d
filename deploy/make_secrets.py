"""Write the secrets of docker-compose.yml, each at random, once; needs nothing but Python.

Run again after an upgrade, it adds what the secrets of an older version lack.
"""

# ruff: noqa: INP001

import json
import secrets
import sys
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

FOLDER = Path(__file__).parent / "secrets"
# Whoever migrates owns the tables; whoever serves reads and writes rows.
SERVES = "battwheels_service"
# Where the service keeps the master key itself, these two files hold nothing.
KEY_SERVICE = ("key_service_url", "key_service_token")


def contents() -> dict[str, str]:
    """What each file holds; a password that two services read stands in two files."""
    graph, records, serving, streams = (secrets.token_urlsafe(24) for _ in range(4))
    return {
        **object_store(),
        "token_secret": secrets.token_urlsafe(48),
        "vault_keys": f"first:{key()} index:{key()}",
        "neo4j_auth": f"neo4j/{graph}",
        "neo4j_password": graph,
        "postgres_password": records,
        "postgres_owner_url": f"postgresql://battwheels:{records}@postgres:5432/battwheels",
        "postgres_url": f"postgresql://{SERVES}:{serving}@postgres:5432/battwheels",
        "redis_auth": f"requirepass {streams}",
        "redis_password": streams,
        "redis_url": f"redis://:{streams}@redis:6379/0",
        **dict.fromkeys(KEY_SERVICE, ""),
    }


def object_store() -> dict[str, str]:
    """What deploy/objects.yml needs: its key, its one account, and the address with that."""
    word = secrets.token_urlsafe(24)
    account = {
        "name": "battwheels",
        "credentials": [{"accessKey": "battwheels", "secretKey": word}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    return {
        "objects_key": secrets.token_hex(32),
        "objects_accounts": json.dumps({"identities": [account]}),
        "files_url": f"http://battwheels:{word}@objects:8333/battwheels",
    }


def key() -> str:
    """Give 32 random bytes as text."""
    return b64encode(secrets.token_bytes(32)).decode()


def write(folder: Path) -> bool:
    """Fill the folder unless it exists; false when it does, and then nothing is touched."""
    try:
        # The folder keeps others out; the files stay readable for the accounts in the containers.
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        return False
    for name, text in contents().items():
        (folder / name).write_text(text + "\n")
    return True


def upgrade(folder: Path) -> list[str]:
    """Add what an older version did not have, and give the names; no secret is lost.

    There was one account of PostgreSQL: it goes on owning the tables, and another one serves.
    """
    added = [name for name in KEY_SERVICE if not (folder / name).exists()]
    for name in added:
        put(folder / name, "")
    objects = object_store()
    if not (folder / "files_url").exists():
        for name, text in objects.items():
            put(folder / name, text)
        added += objects
    owner, serving = folder / "postgres_owner_url", folder / "postgres_url"
    if not owner.exists():
        put(owner, serving.read_text().strip())
        added.append(owner.name)
    # Also where this was cut off in between.
    if serving.read_text() == owner.read_text():
        put(serving, url_of_another(owner.read_text().strip()))
        added.append(serving.name)
    return added


def url_of_another(url: str) -> str:
    """Give the address of the same database for the account that serves."""
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{SERVES}:{secrets.token_urlsafe(24)}@{where}"))


def put(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    new = path.with_suffix(".new")
    new.write_text(text + "\n")
    new.replace(path)


if __name__ == "__main__":
    if write(FOLDER):
        sys.exit()
    if added := upgrade(FOLDER):
        sys.stdout.write(f"Written beside what was there: {', '.join(added)}.\n")
    else:
        sys.exit(f"{FOLDER} exists; delete it only if its databases are to be lost too.")
