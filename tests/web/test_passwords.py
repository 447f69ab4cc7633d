"""A wrong password is called one, for each store, before anything is read or written."""

from pathlib import Path

import pytest

from tests.commands import called, place
from web.local.stores import StoreUrls

SAID = "{} answers, and refused the name or the password of {}.\n"


@pytest.mark.parametrize(
    ("store", "named"),
    [
        ("neo4j", "NEO4J_USER and NEO4J_PASSWORD"),
        ("postgres", "POSTGRES_URL"),
        ("redis", "REDIS_URL"),
    ],
)
def test_a_wrong_password_is_called_one(
    stores: StoreUrls, tmp_path: Path, store: str, named: str
) -> None:
    bad = {
        "neo4j": {"NEO4J_PASSWORD": "not the password"},
        "postgres": {"POSTGRES_URL": _other(stores.postgres_url)},
        "redis": {"REDIS_URL": _other(stores.redis_url)},
    }
    code, said, complained = called("migrate", **place(stores, tmp_path) | bad[store])
    assert (code, said) == (1, "")
    assert complained.endswith(SAID.format(store, named))
    assert "Traceback" not in complained


def _other(url: str) -> str:
    """Give the address with another password."""
    scheme, _, rest = url.partition("://")
    who, _, where = rest.rpartition("@")
    return f"{scheme}://{who.partition(':')[0]}:other@{where}"
