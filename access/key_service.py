"""A key management service keeps the master key: it wraps and opens data keys, and gives none away.

It is spoken to by the transit interface of OpenBao and HashiCorp Vault over HTTP. What it opened is
held by this process, as the data keys are: a service that is silent later stops nobody who runs,
and keys that are read every ten seconds are not asked for again.
"""

import asyncio
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import httpx

from access.http_client import OK, ask, open_client, own_authorities, read_object
from access.key_service_accounts import SETTING, KeyServiceAccount
from access.key_wrapper import FileWrapper, bound_to
from access.vault import KEY_BYTES
from domain.errors import Unavailable, UnsafeSetting
from records.data_keys import KeptKey

# What a data key's row says that was wrapped there, before the name of the service's key.
MARK = "service:"
DEPENDENCY = "the key service"
# For all of one answer; it is asked for each data key alone.
ANSWER_SECONDS = 2.0
# What it wrapped: the version of its key, and the text that it alone opens.
WRAPPED = re.compile(r"vault:(v\d+):.+")
# 400 and 404: it knows no such key, or what it is given was altered; 403: the token may not.
REFUSALS = frozenset({400, 403, 404})


def _open_client() -> httpx.AsyncClient:
    return open_client(httpx.Timeout(ANSWER_SECONDS), own_authorities())


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWrapper:
    """Wraps by the service; `older` opens what keys of the setting wrapped before.

    One line to it serves all that is asked, until `close`; an answer may take `patience_s` in all.
    """

    account: KeyServiceAccount
    older: FileWrapper
    patience_s: float = ANSWER_SECONDS
    _opened: dict[tuple[str, bytes], bytes] = field(
        default_factory=dict[tuple[str, bytes], bytes], repr=False
    )
    _client: httpx.AsyncClient = field(default_factory=_open_client, repr=False)

    async def close(self) -> None:
        await self._client.aclose()

    @property
    def current(self) -> str:
        """Never the whole of what a row says: what is wrapped anew has the service's key of now."""
        return f"{MARK}{self.account.key}"

    async def wrap(self, secret: bytes, name: str) -> tuple[str, bytes]:
        said = await self._ask("encrypt", name, plaintext=b64encode(secret).decode())
        text = said.get("ciphertext")
        read = WRAPPED.fullmatch(text) if isinstance(text, str) else None
        if read is None:
            # Written down, anything else would take the place of a key that opens.
            raise UnsafeSetting(SETTING, "gave no wrapped key; nothing was changed")
        wrapped = read[0].encode()
        self._opened[name, wrapped] = secret
        return f"{self.current}:{read[1]}", wrapped

    async def unwrap(self, key: KeptKey) -> bytes:
        if not key.master.startswith(MARK):
            return await self.older.unwrap(key)
        if not key.master.startswith(f"{self.current}:"):
            raise UnsafeSetting(
                SETTING,
                f"leads to the key {self.account.key}, and data keys are wrapped with "
                f"{key.master.removeprefix(MARK)}; nothing was changed",
            )
        held = self._opened.get((key.name, key.wrapped))
        if held is None:
            said = await self._ask("decrypt", key.name, ciphertext=key.wrapped.decode())
            held = self._opened[key.name, key.wrapped] = _secret_of(said)
        return held

    async def _ask(self, verb: str, name: str, **given: str) -> Mapping[str, Any]:
        """Ask the service about the data key of a name, to which what it wraps is bound.

        Raises:
            UnsafeSetting: it refuses: the token, the key, or what it is given.
            Unavailable: it does not answer, or as no key service does.
        """
        account = self.account
        request = self._client.build_request(
            "POST",
            f"{account.url}/{verb}/{account.key}",
            json=given | {"associated_data": b64encode(bound_to(name)).decode()},
            headers={"X-Vault-Token": account.token},
        )
        try:
            async with asyncio.timeout(self.patience_s):
                status, body = await ask(self._client, request, DEPENDENCY)
        except (httpx.HTTPError, TimeoutError) as error:
            raise Unavailable(DEPENDENCY, type(error).__name__) from error
        if status in REFUSALS:
            raise UnsafeSetting(
                SETTING,
                f"leads to a service that refuses to {verb} with the key {account.key} ({status}): "
                "look at its token, its rights and the key's oldest version that may still open; "
                "nothing was changed",
            )
        if status != OK:
            raise Unavailable(DEPENDENCY, f"it answered {status}")
        return _data_of(read_object(body, DEPENDENCY))


def _data_of(said: Mapping[str, object]) -> Mapping[str, Any]:
    data = said.get("data")
    if not isinstance(data, dict):
        raise Unavailable(DEPENDENCY, "its answer holds no data")
    return cast("dict[str, Any]", data)


def _secret_of(said: Mapping[str, Any]) -> bytes:
    try:
        secret = b64decode(str(said.get("plaintext", "")), validate=True)
    except ValueError:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise UnsafeSetting(SETTING, "gave something else than a data key; nothing was changed")
    return secret
