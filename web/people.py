"""People as this house opens them: the door, what administrators do, how callers are known."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from redis.asyncio import Redis

from access.erasure import Erasures
from access.first_admin import AdminMaker
from access.garage_settings import SettingsAdministration
from access.identity_provider import DEPENDENCY, IdentityProvider
from access.nominations import Nominations
from access.oidc import OidcDoor
from access.oidc_flows import FlowSeal
from access.passkeys import PasskeyDoor, Passkeys
from access.password_changes import PasswordChanges
from access.password_records import NewPasswords
from access.password_resets import PasswordResets
from access.passwords import Passwords
from access.people import NameSeal, PeopleAdministration
from access.person_keys import PersonKeys
from access.person_tokens import CallerTokens, PersonTokens
from access.personal_data import PersonalRecords
from access.revocations import Revocations
from access.second_factors import SecondFactors
from access.sign_in import SignInDoor
from access.sign_in_tries import TryCounter
from access.token_keys import TokenKeys
from access.tokens import AccessTokens
from access.vault import Vault
from domain.personal_records import RecordKind
from records.account_letters import AccountLetterStore
from records.api_keys import ApiKeyStore
from records.database import Records
from records.oidc import OidcStore
from records.passkeys import PasskeyStore
from records.people import PeopleStore
from records.personal_data import PersonalDataStore
from records.retention import Retention
from records.revocations import RevocationLog
from records.second_factors import SecondFactorStore
from records.sessions import SessionStore
from records.sign_in_tries import SignInTries
from web.account_letters import AccountLetterSender
from web.audit import AuditRuntime, open_audit
from web.breakers import Breakers
from web.mail import build_mailer
from web.paths import OIDC_CALLBACK
from web.settings import Settings
from web.settings_cache import SettingsCache
from web.vault import open_vault

RANDOM_BITS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleRuntime:
    """Who comes in: the door, what administrators do, and how callers are known.

    `callers` believes the tokens of development only there.
    """

    door: SignInDoor
    oidc: OidcDoor | None
    passkeys: PasskeyDoor
    admins: AdminMaker
    administration: PeopleAdministration
    callers: CallerTokens
    revocations: Revocations
    keys: TokenKeys
    letters: AccountLetterSender
    settings: SettingsAdministration
    erasures: Erasures
    own_keys: PersonKeys
    personal_records: PersonalRecords
    retention: Retention

    async def forget(self) -> Mapping[RecordKind, int]:
        """Forget what was kept long enough, and say how much of each kind."""
        now = datetime.now(UTC)
        await self.revocations.forget()
        gone = await self.retention.clear(now)
        erased = await self.erasures.erase_never_came(now, secrets.randbits(RANDOM_BITS))
        return {**gone, RecordKind.NAME: erased}


def open_people(
    settings: Settings,
    vault: Vault,
    audit: AuditRuntime,
    development: AccessTokens,
    outside: tuple[Breakers, Redis | None],
) -> PeopleRuntime:
    """Join what knows people, over the records of the audit; without Redis nothing is kept there.

    Raises:
        InvalidInput: the settings of the mail server do not read.
    """
    breakers, redis = outside
    records, keys = audit.records, TokenKeys(datetime.now(UTC))
    tokens, seal = PersonTokens(keys), NameSeal(vault)
    store, sessions, passwords = PeopleStore(records), SessionStore(records), Passwords()
    revocations = Revocations(RevocationLog(records), keys)
    counter = TryCounter(tries=SignInTries(records), seal=seal, refused=audit.refused)
    letters = AccountLetterSender(
        store=AccountLetterStore(records),
        people=store,
        seal=seal,
        messenger=build_mailer(settings, breakers),
        address=settings.public_address,
        now=lambda: datetime.now(UTC),
    )
    new = NewPasswords(passwords=passwords, seal=seal, deeds=audit.writer)
    factors = SecondFactors(
        store=SecondFactorStore(records),
        seal=seal,
        deeds=audit.writer,
        demanded_of=settings.second_factor_roles,
    )
    door = SignInDoor(
        records=records,
        store=store,
        sessions=sessions,
        counter=counter,
        passwords=passwords,
        tokens=tokens,
        seal=seal,
        deeds=audit.writer,
        resets=PasswordResets(
            records=records,
            store=store,
            letters=letters.store,
            counter=counter,
            seal=seal,
            new=new,
        ),
        changes=PasswordChanges(
            records=records, store=store, counter=counter, seal=seal, factors=factors, new=new
        ),
        factors=factors,
    )
    administration = PeopleAdministration(
        records=records,
        store=store,
        sessions=sessions,
        seal=seal,
        revocations=revocations,
        deeds=audit.writer,
        mails=letters.mails,
    )
    passkeys = _open_passkeys(door, settings)
    return PeopleRuntime(
        door=door,
        oidc=_open_oidc(door, settings, breakers),
        passkeys=passkeys,
        admins=AdminMaker(
            records=records, store=store, passwords=passwords, seal=seal, deeds=audit.writer
        ),
        administration=administration,
        callers=CallerTokens(tokens, revocations, None if settings.production else development),
        revocations=revocations,
        keys=keys,
        letters=letters,
        settings=SettingsAdministration(
            store=store, revocations=revocations, deeds=audit.writer, kept=SettingsCache(redis)
        ),
        erasures=Erasures(people=administration, keys=ApiKeyStore(records, audit.writer)),
        own_keys=PersonKeys(records=records, own=seal.own),
        retention=Retention(records),
        personal_records=PersonalRecords(
            store=PersonalDataStore(records),
            seal=seal,
            passkeys=passkeys.own,
            nominations=Nominations(store=store, seal=seal, deeds=audit.writer),
        ),
    )


def _open_oidc(door: SignInDoor, settings: Settings, breakers: Breakers) -> OidcDoor | None:
    account = settings.identity_provider
    if account is None:
        return None
    return OidcDoor(
        door=door,
        provider=IdentityProvider(account, breakers.of(DEPENDENCY)),
        store=OidcStore(door.records),
        flows=FlowSeal(door.seal),
        callback=f"{settings.public_url}{OIDC_CALLBACK}",
    )


def _open_passkeys(door: SignInDoor, settings: Settings) -> PasskeyDoor:
    own = Passkeys(
        store=PasskeyStore(door.records),
        people=door.store,
        seal=door.seal,
        deeds=door.deeds,
        party=settings.relying_party,
    )
    return PasskeyDoor(door=door, own=own)


async def open_people_alone(
    settings: Settings, records: Records, development: AccessTokens
) -> PeopleRuntime:
    """Join them for a command, which opens no books."""
    sealing = open_vault(settings, records)
    await sealing.data_keys.demand_read()
    audit = open_audit(settings, records, sealing.master)
    return open_people(settings, sealing.vault, audit, development, (Breakers(), None))
