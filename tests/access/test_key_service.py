"""Data keys wrapped by a real key management service (OpenBao), on a real PostgreSQL."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import orjson
import pytest

from access.data_keys import DataKeys
from access.http_client import LONGEST_ANSWER
from access.key_service import ServiceWrapper
from access.key_service_accounts import KeyServiceAccount
from access.key_wrapper import FileWrapper
from domain.errors import InvalidInput, Unavailable, UnsafeSetting
from records.database import Records
from tests.access.key_server import KEY, KeyServer, ScriptedKeys, key_server, scripted_keys
from tests.access.test_data_keys import (
    MASTER,
    PLAIN,
    keys_of,
    read,
    rotation,
    vault_of,
    write,
)
from tests.commands import free_port
from tests.web.test_secrets_of_production import GOOD_KEY
from tests.web.test_settings import SAFE
from web.settings import Settings
from web.vault import open_data_keys, read_master_keys

KEPT = "select name, wrapped_by, wrapped from data_key order by name"
# The setting holds no master key any more.
ALONE = replace(MASTER, masters={}, current="")
OLDER = FileWrapper(current=MASTER.current, masters=MASTER.masters)


@pytest.fixture
async def server() -> AsyncGenerator[KeyServer]:
    async with key_server() as server:
        yield server


@pytest.fixture
async def script() -> AsyncGenerator[ScriptedKeys]:
    async with scripted_keys() as script:
        yield script


async def rewrapped(records: Records, keys: DataKeys) -> None:
    async for _ in rotation(records, keys).run():
        pass


@pytest.mark.row("EN-7", "EN-10")
async def test_the_service_takes_the_files_place(records: Records, server: KeyServer) -> None:
    """Names that were sealed before open after it, and its own key rotates: the old one may go."""
    await (before := keys_of(records)).demand_read()
    await write(records, vault_of(before), "tkt_1")
    moved = open_data_keys(MASTER, records, server.account)
    await rewrapped(records, moved)
    kept = await records.rows(KEPT)
    assert {row["wrapped_by"] for row in kept} == {f"service:{KEY}:v1"}
    secret = moved.ring.primary("invoice_draft").secret
    assert all(secret not in bytes(row["wrapped"]) for row in kept)
    fresh = open_data_keys(ALONE, records, server.account)
    await fresh.demand_all()
    assert await read(records, vault_of(fresh)) == {"tkt_1": PLAIN}
    # A new key of the service, in the old one's place.
    await server.do(f"/transit/keys/{KEY}/rotate")
    await rewrapped(records, fresh)
    await server.do(f"/transit/keys/{KEY}/config", min_decryption_version=2)
    last = open_data_keys(ALONE, records, server.account)
    await last.demand_all()
    assert await read(records, vault_of(last)) == {"tkt_1": PLAIN}
    assert {row["wrapped_by"] for row in await records.rows(KEPT)} == {f"service:{KEY}:v2"}
    # What was copied while the first one served opens no more.
    async with records.transaction() as connection:
        for row in kept:
            await connection.execute(
                "update data_key set wrapped_by = %(wrapped_by)s, wrapped = %(wrapped)s"
                " where name = %(name)s",
                row,
            )
    with pytest.raises(UnsafeSetting, match="refuses to decrypt"):
        await open_data_keys(ALONE, records, server.account).demand_read()


async def test_what_the_service_refuses_is_told(records: Records, server: KeyServer) -> None:
    """Nothing is written: no key of another, no token without rights, no row that was altered."""
    await open_data_keys(ALONE, records, server.account).demand_read()
    before = await records.rows(KEPT)

    async def refused(account: KeyServiceAccount) -> str:
        with pytest.raises((UnsafeSetting, Unavailable)) as error:
            await open_data_keys(ALONE, records, account).demand_read()
        return str(error.value)

    assert "refuses to decrypt" in await refused(replace(server.account, token="of nobody"))  # noqa: S106 - nobody's
    assert "are wrapped with battwheels:v1" in await refused(replace(server.account, key="other"))
    gone = replace(server.account, url=f"http://127.0.0.1:{free_port()}/v1/transit")
    assert "the key service does not answer" in await refused(gone)
    with pytest.raises(UnsafeSetting, match="misses service:battwheels:v1"):
        await keys_of(records).demand_read()
    assert await records.rows(KEPT) == before
    async with records.transaction() as connection:
        await connection.execute("update data_key set name = 'saga.9' where name = 'saga.1'")
    assert "refuses to decrypt" in await refused(server.account)


async def test_a_silent_service_stops_nobody_who_runs(records: Records, server: KeyServer) -> None:
    running = open_data_keys(ALONE, records, server.account)
    await running.demand_read()
    await write(records, vault_of(running), "tkt_1")
    # Sealed shut, it answers nobody; whoever begins now is told so.
    await server.do("/sys/seal")
    await running.read_again()
    assert await read(records, vault_of(running)) == {"tkt_1": PLAIN}
    with pytest.raises(Unavailable, match="the key service does not answer: it answered 503"):
        await open_data_keys(ALONE, records, server.account).demand_read()


NO_KEY, NO_DATA = "gave no wrapped key; nothing was changed", "its answer holds no data"


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({}, NO_DATA),
        ({"data": "x"}, NO_DATA),
        ({"data": None}, NO_DATA),
        (["data"], "its answer is no object"),
        ({"data": {}}, NO_KEY),
        ({"data": {"ciphertext": None}}, NO_KEY),
        ({"data": {"ciphertext": 7}}, NO_KEY),
        ({"data": {"ciphertext": ""}}, NO_KEY),
        ({"data": {"ciphertext": "vault:v1:"}}, NO_KEY),
        ({"data": {"ciphertext": "vault:x:text"}}, NO_KEY),
        ({"data": {"ciphertext": "vault:v1:text\n"}}, NO_KEY),
    ],
    ids=str,
)
async def test_what_is_no_wrapped_key_takes_no_keys_place(
    records: Records, script: ScriptedKeys, said: object, refusal: str
) -> None:
    await (before := keys_of(records)).demand_read()
    kept = await records.rows(KEPT)
    script.said = orjson.dumps(said)
    with pytest.raises((UnsafeSetting, Unavailable), match=refusal):
        await open_data_keys(MASTER, records, script.account).rewrap_keys()
    assert await records.rows(KEPT) == kept
    await before.read_again()


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """Something that would have a caller wait, or read, without end."""

    reason: str
    said: bytes | None = None
    silent: bool = False
    drips: bool = False


@pytest.mark.parametrize(
    "bad",
    [
        BadAnswer("TimeoutError", silent=True),
        BadAnswer("TimeoutError", drips=True),
        BadAnswer("its answer is too long", said=b" " * (LONGEST_ANSWER + 1)),
        BadAnswer("its answer does not read", said=b"<html>"),
        BadAnswer("its answer is no object", said=b"[]"),
    ],
    ids=lambda bad: bad.reason,
)
async def test_its_answer_is_bounded_in_time_and_bytes(
    script: ScriptedKeys, bad: BadAnswer
) -> None:
    script.said, script.silent, script.drips = bad.said, bad.silent, bad.drips
    wrapper = ServiceWrapper(account=script.account, older=OLDER, patience_s=0.05)
    with pytest.raises(Unavailable) as error:
        await wrapper.wrap(b"k" * 32, "saga.1")
    assert (error.value.dependency, error.value.reason) == ("the key service", bad.reason)
    await wrapper.close()


async def test_one_line_without_a_proxy_serves_all_keys(
    records: Records, script: ScriptedKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    await open_data_keys(ALONE, records, script.account).demand_read()
    assert script.lines == 1


def test_its_settings_come_together() -> None:
    url, token = "BATTWHEELS_KEY_SERVICE_URL", "BATTWHEELS_KEY_SERVICE_TOKEN"
    keys = {"BATTWHEELS_VAULT_KEYS": f"index:{GOOD_KEY}"}
    given = SAFE | keys | {url: "https://vault.example.org", token: "s.word"}
    settings = Settings.read(given)
    assert settings.key_service == KeyServiceAccount(
        url="https://vault.example.org/v1/transit",
        key="battwheels",
        token="s.word",  # noqa: S106 - an example
    )
    assert read_master_keys(settings).masters == {}
    for wrong, name in (
        ({url: ""}, url),
        ({url: "http://vault.example.org"}, url),
        ({url: "https://vault.example.org?x=1"}, url),
        ({url: "https://vault.example.org#"}, url),
        ({url: "", token: "", "BATTWHEELS_KEY_SERVICE_KEY": "ours"}, url),
        ({token: ""}, token),
        ({"BATTWHEELS_KEY_SERVICE_KEY": "../sys"}, "BATTWHEELS_KEY_SERVICE_KEY"),
    ):
        with pytest.raises(InvalidInput) as refused:
            Settings.read(given | wrong)
        assert refused.value.field == name
