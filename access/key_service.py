"""A key management service keeps the master key: it wraps and opens data keys, and gives none away.

It is spoken to by the transit interface of OpenBao and HashiCorp Vault over HTTP. What it opened is
held by this process, as the data keys are: a service that is silent later stops nobody who runs,
and keys that are read every ten seconds are not asked for again.
"""

import ssl
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx

from access.key_service_accounts import SETTING, KeyServiceAccount
from access.key_wrapper import FileWrapper, bound_to
from access.vault import KEY_BYTES
from domain.errors import Unavailable, UnsafeSetting
from records.data_keys import KeptKey

# What a data key's row says that was wrapped there, before the name of the service's key.
MARK = "service:"
ANSWER_SECONDS = 2.0
# 400 and 404: it knows no such key, or what it is given was altered; 403: the token may not.
REFUSALS = frozenset({400, 403, 404})


@dataclass(frozen=True, kw_only=True)
class ServiceWrapper:
    """Wraps by the service; `older` opens what keys of the setting wrapped before."""

    account: KeyServiceAccount
    older: FileWrapper
    _opened: dict[tuple[str, bytes], bytes] = field(
        default_factory=dict[tuple[str, bytes], bytes], repr=False
    )

    @property
    def current(self) -> str:
        """Never the whole of what a row says: what is wrapped anew has the service's key of now."""
        return f"{MARK}{self.account.key}"

    async def wrap(self, secret: bytes, name: str) -> tuple[str, bytes]:
        said = await self._ask("encrypt", name, plaintext=b64encode(secret).decode())
        wrapped = str(said.get("ciphertext", "")).encode()
        self._opened[name, wrapped] = secret
        return f"{self.current}:{_version(wrapped)}", wrapped

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
            Unavailable: it does not answer.
        """
        account = self.account
        body = given | {"associated_data": b64encode(bound_to(name)).decode()}
        try:
            async with httpx.AsyncClient(verify=self._trust, timeout=ANSWER_SECONDS) as client:
                told = await client.post(
                    f"{account.url}/{verb}/{account.key}",
                    json=body,
                    headers={"X-Vault-Token": account.token},
                )
                if told.status_code in REFUSALS:
                    raise UnsafeSetting(
                        SETTING,
                        f"leads to a service that refuses to {verb} with the key {account.key} "
                        f"({told.status_code}): look at its token, its rights and the key's "
                        "oldest version that may still open; nothing was changed",
                    )
                return told.raise_for_status().json()["data"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("the key service", type(error).__name__) from error

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        """The authorities of this machine, read once: it takes longer than asking."""
        return ssl.create_default_context()


def _version(wrapped: bytes) -> str:
    """Give the version of the service's key, as `vault:v2:…` says it."""
    parts = wrapped.decode().split(":", 2)
    return parts[1] if len(parts) > 2 else "v?"  # noqa: PLR2004 - mark, version, text


def _secret_of(said: Mapping[str, Any]) -> bytes:
    try:
        secret = b64decode(str(said.get("plaintext", "")), validate=True)
    except Base64Error:
        secret = b""
    if len(secret) != KEY_BYTES:
        raise UnsafeSetting(SETTING, "gave something else than a data key; nothing was changed")
    return secret
