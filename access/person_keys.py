"""Each person's own key: what is sealed of one person can be made unreadable for good, and alone.

A value is sealed with the key of its person, and what comes of that with the data key of its table
(`access.vault`). A rotation changes the outer seal and never asks for the inner one; who destroys
the inner key leaves bytes that nobody opens, in copies of the database too that lack the key. The
key is kept sealed beside the person, so whoever reads the person has it, and nobody waits for it.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from access.personal_fields import PERSON_KEY, SEALED, SealedPlace
from access.vault import KEY_BYTES, NONCE_BYTES, SETTING, Vault
from domain.errors import UnsafeSetting
from domain.ids import PersonId
from records.data_keys import DataKeyTable
from records.database import Records
from records.person_keys import hold_keyless, keep_key, own_values

# No text or number begins with it, so it tells what a person's key sealed from what was sealed
# before there were any.
OWN = b"\0"
BATCH = 20
OWN_FIELDS = tuple(one for one in SEALED if one.person is not None and one != PERSON_KEY)


@dataclass(frozen=True, slots=True)
class PersonKey:
    """Somebody's own key as it is kept; `sealed` is None or empty where there is none."""

    person: PersonId
    sealed: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonVault:
    """Seals what is personal with the key of its person, and that with the table's."""

    vault: Vault

    def new_key(self, person: PersonId) -> PersonKey:
        secret = self.vault.randomness(KEY_BYTES)
        return PersonKey(person, self.vault.seal(secret, PERSON_KEY.at(person)))

    def seal(self, plain: bytes, place: SealedPlace, key: PersonKey) -> bytes:
        """Seal a value; where its person has no key (yet), with the table's alone."""
        if not key.sealed:
            return self.vault.seal(plain, place)
        nonce = self.vault.randomness(NONCE_BYTES)
        closed = self._cipher(key.sealed, key).encrypt(nonce, plain, str(place).encode())
        return self.vault.seal(OWN + nonce + closed, place)

    def open(self, sealed: bytes, place: SealedPlace, key: PersonKey) -> bytes:
        """Give what was sealed.

        Raises:
            UnsafeSetting: the person's key is destroyed, or it is another one's value.
        """
        found = self.vault.open(sealed, place)
        if not found.startswith(OWN):
            return found
        if not key.sealed:
            raise UnsafeSetting(SETTING, f"opens nothing of {place}: whom it told of was erased")
        rest = found[len(OWN) :]
        try:
            return self._cipher(key.sealed, key).decrypt(
                rest[:NONCE_BYTES], rest[NONCE_BYTES:], str(place).encode()
            )
        except InvalidTag as error:
            raise UnsafeSetting(SETTING, f"{place} does not open") from error

    def _cipher(self, sealed: bytes, key: PersonKey) -> AESGCM:
        return AESGCM(self.vault.open(sealed, PERSON_KEY.at(key.person)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKeys:
    """Gives a key to people who have none: they were here before there were any."""

    records: Records
    own: PersonVault

    async def give(self) -> AsyncGenerator[int]:
        """Seal anew what is kept of people without a key, some at a time; tell how many."""
        while True:
            async with self.records.transaction() as connection:
                people = await hold_keyless(connection, BATCH)
                for person in people:
                    key = self.own.new_key(person)
                    table = DataKeyTable(connection)
                    for one in OWN_FIELDS:
                        found = await own_values(connection, one, person)
                        anew = {
                            row: self.own.seal(
                                self.own.open(value, one.at(row), PersonKey(person, None)),
                                one.at(row),
                                key,
                            )
                            for row, value in found.items()
                        }
                        await table.reseal(one, anew)
                    await keep_key(connection, person, key.sealed)
            if not people:
                return
            yield len(people)
