"""Write the secrets of docker-compose.yml, each at random, once; needs nothing but Python."""

# ruff: noqa: INP001

import secrets
import sys
from base64 import b64encode
from pathlib import Path

FOLDER = Path(__file__).parent / "secrets"


def contents() -> dict[str, str]:
    """What each file holds; a password that two services read stands in two files."""
    graph, records, serving, streams = (secrets.token_urlsafe(24) for _ in range(4))
    return {
        "token_secret": secrets.token_urlsafe(48),
        "vault_keys": f"first:{key()} index:{key()}",
        "neo4j_auth": f"neo4j/{graph}",
        "neo4j_password": graph,
        "postgres_password": records,
        # Whoever migrates owns the tables; whoever serves reads and writes rows.
        "postgres_owner_url": f"postgresql://battwheels:{records}@postgres:5432/battwheels",
        "postgres_url": f"postgresql://battwheels_service:{serving}@postgres:5432/battwheels",
        "redis_auth": f"requirepass {streams}",
        "redis_password": streams,
        "redis_url": f"redis://:{streams}@redis:6379/0",
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


if __name__ == "__main__":
    if not write(FOLDER):
        sys.exit(f"{FOLDER} exists; delete it only if its databases are to be lost too.")
