"""A device that makes passkeys and signs by them, in software; each part of it may lie."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from struct import pack
from typing import Any

import cbor2
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
ES256, ES384, EDDSA, RS256 = -7, -35, -8, -257
# What the page of a device asks, and what it hands in.
OPTIONS = """{ passkeyOptions {
  challenge endsAt domain userHandle userName displayName algorithms known } }"""
REGISTER = """mutation ($op: UUID!, $passkey: PasskeyInput!) {
  registerPasskey(operationId: $op, passkey: $passkey) { __typename
    ... on PasskeyRegistered { passkey { key name backedUp madeAt lastUsedAt } }
    ... on InvalidInput { field } ... on Refusal { message } } }"""


@dataclass(slots=True)
class SoftPasskey:
    """One passkey for one domain.

    Attributes:
        origin: the page that it is used on.
        flags: what the device says of its user.
        count: how often it was used; `None` where the device does not count.
        client: what is said otherwise of the page.
    """

    domain: str = "localhost"
    origin: str = "http://localhost:8000"
    algorithm: int = ES256
    flags: int = PRESENT | VERIFIED
    count: int | None = 0
    client: dict[str, Any] = field(default_factory=dict[str, Any])
    credential: bytes = field(default_factory=lambda: os.urandom(32))
    handle: bytes = b""
    key: Any = None

    def __post_init__(self) -> None:
        match self.algorithm:
            case -8:
                self.key = ed25519.Ed25519PrivateKey.generate()
            case -257:
                self.key = rsa.generate_private_key(65_537, 2_048)
            case -35:
                self.key = ec.generate_private_key(ec.SECP384R1())
            case _:
                self.key = ec.generate_private_key(ec.SECP256R1())

    def made(self, options: dict[str, Any], name: str = "My telephone") -> dict[str, Any]:
        """Answer `navigator.credentials.create`, as the API takes it."""
        self.handle = _bytes(options["userHandle"])
        data = self._data(self.flags | ATTESTED)
        data += bytes(16) + pack(">H", len(self.credential)) + self.credential
        data += cbor2.dumps(self._cose())
        attestation: dict[str, Any] = {"fmt": "none", "attStmt": {}, "authData": data}
        return {
            "name": name,
            "credential": _text(self.credential),
            "clientData": _text(self._client_data("webauthn.create", options["challenge"])),
            "attestation": _text(cbor2.dumps(attestation)),
        }

    def signed(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get`, as the API takes it."""
        if self.count is not None:
            self.count += 1
        data = self._data(self.flags)
        client = self._client_data("webauthn.get", options["challenge"])
        return {
            "credential": _text(self.credential),
            "clientData": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(self._signature(data + sha256(client).digest())),
            "userHandle": _text(self.handle),
        }

    def _data(self, flags: int) -> bytes:
        return sha256(self.domain.encode()).digest() + pack(">BI", flags, self.count or 0)

    def _client_data(self, type: str, challenge: str) -> bytes:
        said = {"type": type, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return orjson.dumps(said | self.client)

    def _signature(self, data: bytes) -> bytes:
        match self.algorithm:
            case -8:
                return self.key.sign(data)
            case -257:
                return self.key.sign(data, PKCS1v15(), SHA256())
            case -35:
                return self.key.sign(data, ec.ECDSA(SHA384()))
            case _:
                return self.key.sign(data, ec.ECDSA(SHA256()))

    def _cose(self) -> dict[int, Any]:
        public = self.key.public_key()
        match self.algorithm:
            case -8:
                return {1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()}
            case -257:
                numbers = public.public_numbers()
                return {1: 3, 3: RS256, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}
            case _:
                numbers, curve = public.public_numbers(), 1 if self.algorithm == ES256 else 2
                size = 32 if curve == 1 else 48
                x, y = numbers.x.to_bytes(size), numbers.y.to_bytes(size)
                return {1: 2, 3: self.algorithm, -1: curve, -2: x, -3: y}


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
