"""A start greets its stores: a wrong password is called one, before anything is read or written."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.errors import Unavailable, WrongPassword
from records.database import Records
from tests.commands import called, free_port, place
from tests.web.test_secrets_of_production import GOOD_KEY
from web.local.progress import StartProgress
from web.local.stores import StoreUrls
from web.records import open_records
from web.settings import Settings
from web.wiring import COMMAND, open_runtime

START_SECONDS = 0.2
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


async def test_a_wrong_word_for_the_graph_leaves_the_records(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    settings = settings_of(stores, tmp_path)
    async with records.apart() as connection:
        await connection.execute("create database untouched")
    url = f"{stores.postgres_url.rpartition('/')[0]}/untouched"
    wrong = replace(settings, postgres_url=url, neo4j_password="not the password")  # noqa: S106 - none
    with pytest.raises(WrongPassword, match="neo4j answers"):
        async with open_runtime(wrong):
            pass
    untouched = await Records.open(url)
    assert await untouched.rows("select to_regclass('migration') as made") == [{"made": None}]
    await untouched.close()
    async with records.apart() as connection:
        await connection.execute("drop database untouched with (force)")


async def test_a_wrong_word_of_the_owner_names_its_setting(
    stores: StoreUrls, tmp_path: Path
) -> None:
    owner = _other(stores.postgres_url)
    settings = replace(settings_of(stores, tmp_path), postgres_owner_url=owner)
    with pytest.raises(WrongPassword, match="the password of POSTGRES_OWNER_URL"):
        async with open_records(settings):
            pass


async def test_a_silent_key_service_is_waited_for(
    records: Records, stores: StoreUrls, tmp_path: Path
) -> None:
    # No key of another test is there, which this one could not open.
    del records
    settings = replace(
        settings_of(stores, tmp_path),
        key_service_url=f"http://127.0.0.1:{free_port()}",
        key_service_token="a word",  # noqa: S106 - nobody's
        vault_keys=f"index:{GOOD_KEY}",
    )
    told = list[StartProgress]()
    with pytest.raises(Unavailable, match="the key service does not answer: ConnectError"):
        async with open_runtime(
            settings, report=told.append, patience=replace(COMMAND, start=START_SECONDS)
        ):
            pass
    assert StartProgress("the key service", "waiting for its answer") in told


def settings_of(stores: StoreUrls, home: Path) -> Settings:
    return Settings(
        home=home,
        neo4j_uri=stores.neo4j_uri,
        neo4j_user=stores.neo4j_user,
        neo4j_password=stores.neo4j_password,
        postgres_url=stores.postgres_url,
        redis_url=stores.redis_url,
    )


def _other(url: str) -> str:
    """Give the address with another password."""
    scheme, _, rest = url.partition("://")
    who, _, where = rest.rpartition("@")
    return f"{scheme}://{who.partition(':')[0]}:other@{where}"
