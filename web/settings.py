"""All settings, read from the environment once into one frozen value; nobody else reads it."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from access.key_service_accounts import KeyServiceAccount
from access.passkey_domains import RelyingParty
from access.provider_accounts import ProviderAccount
from domain.access import Role
from domain.api_keys import Rung
from domain.errors import InvalidInput, UnsafeSetting
from domain.sign_in_methods import FAR_REACHING
from matching.rankers import RankerName
from web import store_addresses
from web.caps import Caps
from web.file_settings import read_bucket, read_scanner
from web.key_service_settings import read_key_service
from web.oidc_settings import read_account
from web.passkey_settings import read_party
from web.secret_strength import key_weakness, password_weakness, secret_weakness

SECRET_BYTES = 32
READ_MODEL_MIB = 512
FILES_QUOTA_MIB = 10_240
FILES_REGION = "us-east-1"
DIGITS = 9


class RunMode(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ExplorerRule(StrEnum):
    """ADMINISTRATORS: they are shown the API explorer in production too; OFF: nobody is."""

    ADMINISTRATORS = "administrators"
    OFF = "off"


class SecondFactorRule(StrEnum):
    """EVERYBODY: demanded of all; DEMANDED: of administrators and accountants; OFFERED: of none."""

    EVERYBODY = "everybody"
    DEMANDED = "demanded"
    OFFERED = "offered"


ORIGIN = re.compile(r"https?://[a-z0-9][a-z0-9.\-]*(:\d{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says; a secret may also be named by a file (`NAME_FILE`).

    Attributes:
        environment: `development` or `production`; production refuses what is not safe.
        home: folder of the local stores, models' caches and development secrets.
        host, port: where the API listens.
        neo4j_uri, neo4j_user, neo4j_password: the graph store; None starts one of our own.
        postgres_url: PostgreSQL, `postgresql://USER:PASSWORD@HOST/NAME`; None starts one of our
            own.
        postgres_owner_url: the same as the tables' owner, for `battwheels migrate` alone; then
            the account of `POSTGRES_URL` reads and writes rows, and is made where there is none.
            None: it owns them.
        redis_url: Redis, `rediss://:PASSWORD@HOST:PORT`; None starts one of our own.
        own_stores: hosts on this very machine that production may reach without TLS: `localhost`,
            an address of the loopback, or the name of a container beside. The certificate of any
            other store is checked (`neo4j+s`, `sslmode=verify-full`, `rediss`).
        embedding_model: a sentence-transformers name or folder; None is the bundled MiniLM.
        ranker: what orders the cards of a match: the `evidence` added up, the `learned` ranker that
            the registry has serve (without one, the evidence), the specification's own `formula`,
            or reciprocal ranks `fused`.
        read_model_mib: MiB in which each serving process may keep the searchable cards, about 2.5
            for a thousand; 0 keeps none, and the graph store finds them alone.
        language_model: `PROVIDER:MODEL` that diagnoses and drafts, as LangChain names it;
            `local:evidence` needs no network; None reasons over the graph alone.
        language_model_url: a server of one's own that the provider's client speaks to.
        language_model_key: what the provider knows us by.
        operator_token: who sends it reads `/metrics` and the parts of `/ready`; in development
            everybody may.
        management_host, management_port: a second port with `/health`, `/ready` and `/metrics`;
            None opens none.
        token_secret: signs the access tokens; None lets development make and keep its own.
        vault_keys: wrap the keys that people are sealed with: `NAME:BASE64`, 32 bytes each, the
            first for what is new, `index:BASE64` for the marks to search by; None lets development
            make and keep its own.
        key_service_url: a key management service that keeps the master key in their place: OpenBao
            or Vault, `https://HOST`, or with the path of its transit engine; then
            `BATTWHEELS_VAULT_KEYS` holds `index:` and older keys alone.
        key_service_key: which of its keys; `battwheels` by itself.
        key_service_token: what it knows us by: it may encrypt and decrypt with that key, no more.
        vendors: who sells parts: `NAME=URL NAME=URL …`, a password in the URL as it needs.
        smtp_url: the mail server, `smtps://USER:PASSWORD@HOST:PORT`; None keeps messages unsent.
        mail_from: the address that messages come from.
        security_contact: the e-mail address that alarms of the audit trail go to; None: they stand
            in the log and the metrics alone.
        second_factor: `demanded` of administrators and accountants, of `everybody`, or only
            `offered`; None: demanded in production, offered in development.
        explorer: `administrators` who are signed in are shown GraphiQL at `/v1/explorer` in
            production too, or it is `off`, as usual; `battwheels explorer` installs its files.
        public_url: where people reach this service, for links in messages and answers.
        allowed_origins: pages of other sites that may call, as `https://portal.example`; none.
        caps: how much any one caller may take.
        files_url: a bucket behind the S3 interface, `https://KEY:SECRET@HOST/BUCKET`; None keeps
            files in a folder of the home.
        files_public_url: where whoever sends files reaches the bucket, `https://HOST`; None: at the
            same host.
        files_region: the bucket's region.
        files_quota_mib: MiB of photos, videos and logs that one garage may keep.
        file_scanner: a virus scanner that sees each file before it is kept: `clamd://HOST:PORT`, or
            `command:PROGRAM ARGUMENT …`, which reads it from its standard input and ends with 0 or
            1; None: nobody looks.
        passkey_domain: the domain that people's passkeys belong to; it cannot change without losing
            them; None: the host of `BATTWHEELS_PUBLIC_URL`, and `localhost` in development.
        oidc_issuer: another service that people sign in by (OpenID Connect), as its own document
            names it, like `https://accounts.google.com`; None: there is none.
        oidc_client, oidc_secret: what that service knows us by; both are needed beside the issuer,
            and `BATTWHEELS_PUBLIC_URL`.
        documents_rung: how far people are held to the documents of our own front ends (partner
            `battwheels`): `log`, `enforce` or `id_only`; None: not at all.
    """

    environment: RunMode = RunMode.DEVELOPMENT
    home: Path = Path(".battwheels")
    operator_token: str | None = field(default=None, repr=False)
    management_host: str = "127.0.0.1"
    management_port: int | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    neo4j_uri: str | None = None
    neo4j_user: str | None = None
    neo4j_password: str | None = field(default=None, repr=False)
    postgres_url: str | None = field(default=None, repr=False)
    postgres_owner_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)
    own_stores: frozenset[str] = frozenset()
    embedding_model: str | None = None
    ranker: RankerName = RankerName.LEARNED
    read_model_mib: int = READ_MODEL_MIB
    language_model: str | None = None
    language_model_url: str | None = field(default=None, repr=False)
    language_model_key: str | None = field(default=None, repr=False)
    token_secret: str | None = field(default=None, repr=False)
    vault_keys: str | None = field(default=None, repr=False)
    key_service_url: str | None = None
    key_service_key: str | None = None
    key_service_token: str | None = field(default=None, repr=False)
    vendors: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None
    security_contact: str | None = None
    second_factor: SecondFactorRule | None = None
    explorer: ExplorerRule = ExplorerRule.OFF
    public_url: str | None = None
    caps: Caps = field(default_factory=Caps)
    allowed_origins: tuple[str, ...] = ()
    documents_rung: Rung | None = None
    files_url: str | None = field(default=None, repr=False)
    files_public_url: str | None = None
    files_region: str = FILES_REGION
    files_quota_mib: int = FILES_QUOTA_MIB
    file_scanner: str | None = None
    passkey_domain: str | None = None
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    oidc_secret: str | None = field(default=None, repr=False)

    @property
    def production(self) -> bool:
        return self.environment is RunMode.PRODUCTION

    @property
    def public_address(self) -> str:
        """Give where people reach this service."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """Of whom a second factor is demanded."""
        usual = SecondFactorRule.DEMANDED if self.production else SecondFactorRule.OFFERED
        match self.second_factor or usual:
            case SecondFactorRule.EVERYBODY:
                return frozenset(Role)
            case SecondFactorRule.DEMANDED:
                return FAR_REACHING
            case SecondFactorRule.OFFERED:
                return frozenset()

    @property
    def identity_provider(self) -> ProviderAccount | None:
        """As whom the service that people sign in by knows us.

        Raises:
            InvalidInput: a part of it is missing or cannot be used.
        """
        return read_account(
            self.oidc_issuer,
            self.oidc_client,
            self.oidc_secret,
            production=self.production,
            public_url=self.public_url,
        )

    @property
    def key_service(self) -> KeyServiceAccount | None:
        """What keeps the master key; None: the setting does.

        Raises:
            InvalidInput: a part of it is missing or cannot be used.
        """
        return read_key_service(
            self.key_service_url,
            self.key_service_key,
            self.key_service_token,
            production=self.production,
        )

    @property
    def relying_party(self) -> RelyingParty | None:
        """As whom passkeys know us; None: none are taken.

        Raises:
            InvalidInput: the domain fits no page of ours.
        """
        own = self.public_url or (None if self.production else f"http://localhost:{self.port}")
        pages = [*([own] if own else []), *self.allowed_origins]
        return read_party(self.passkey_domain, pages, production=self.production)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read them.

        Raises:
            InvalidInput: a value cannot be read.
            UnsafeSetting: production with a missing or well-known secret.
        """
        values = os.environ if environment is None else environment
        settings = cls(
            environment=_parse_mode(values.get("BATTWHEELS_ENV", "development")),
            home=Path(values.get("BATTWHEELS_HOME") or ".battwheels"),
            host=values.get("BATTWHEELS_HOST") or "127.0.0.1",
            port=_parse_port(values.get("BATTWHEELS_PORT") or "8000"),
            operator_token=_read_secret(values, "BATTWHEELS_OPERATOR_TOKEN"),
            management_host=values.get("BATTWHEELS_MANAGEMENT_HOST") or "127.0.0.1",
            management_port=_maybe_port(values, "BATTWHEELS_MANAGEMENT_PORT"),
            neo4j_uri=values.get("NEO4J_URI") or None,
            neo4j_user=values.get("NEO4J_USER") or None,
            neo4j_password=_read_secret(values, "NEO4J_PASSWORD"),
            postgres_url=_read_secret(values, "POSTGRES_URL"),
            postgres_owner_url=_read_secret(values, "POSTGRES_OWNER_URL"),
            redis_url=_read_secret(values, "REDIS_URL"),
            own_stores=frozenset((values.get("BATTWHEELS_OWN_STORES") or "").split()),
            embedding_model=values.get("BATTWHEELS_EMBEDDING_MODEL") or None,
            ranker=_parse_ranker(values.get("BATTWHEELS_RANKER") or RankerName.LEARNED),
            read_model_mib=_parse_whole(values, "BATTWHEELS_READ_MODEL_MIB", READ_MODEL_MIB),
            language_model=values.get("BATTWHEELS_LANGUAGE_MODEL") or None,
            language_model_url=values.get("BATTWHEELS_LANGUAGE_MODEL_URL") or None,
            language_model_key=_read_secret(values, "BATTWHEELS_LANGUAGE_MODEL_KEY"),
            token_secret=_read_secret(values, "BATTWHEELS_TOKEN_SECRET"),
            vault_keys=_read_secret(values, "BATTWHEELS_VAULT_KEYS"),
            key_service_url=_read_secret(values, "BATTWHEELS_KEY_SERVICE_URL"),
            key_service_key=values.get("BATTWHEELS_KEY_SERVICE_KEY") or None,
            key_service_token=_read_secret(values, "BATTWHEELS_KEY_SERVICE_TOKEN"),
            vendors=_read_secret(values, "BATTWHEELS_VENDORS"),
            smtp_url=_read_secret(values, "BATTWHEELS_SMTP_URL"),
            mail_from=values.get("BATTWHEELS_MAIL_FROM") or None,
            security_contact=values.get("BATTWHEELS_SECURITY_CONTACT") or None,
            second_factor=_parse_second_factor(values.get("BATTWHEELS_SECOND_FACTOR")),
            explorer=_parse_explorer(values.get("BATTWHEELS_EXPLORER")),
            public_url=_parse_public_url(values.get("BATTWHEELS_PUBLIC_URL")),
            caps=Caps.read(values),
            allowed_origins=_parse_origins(values.get("BATTWHEELS_ALLOWED_ORIGINS") or ""),
            documents_rung=_parse_rung(values.get("BATTWHEELS_DOCUMENTS_RUNG")),
            files_url=_read_secret(values, "BATTWHEELS_FILES_URL"),
            files_public_url=values.get("BATTWHEELS_FILES_PUBLIC_URL") or None,
            files_region=values.get("BATTWHEELS_FILES_REGION") or FILES_REGION,
            files_quota_mib=_parse_whole(values, "BATTWHEELS_FILES_QUOTA_MIB", FILES_QUOTA_MIB),
            file_scanner=values.get("BATTWHEELS_FILE_SCANNER") or None,
            passkey_domain=(values.get("BATTWHEELS_PASSKEY_DOMAIN") or "").lower() or None,
            oidc_issuer=values.get("BATTWHEELS_OIDC_ISSUER") or None,
            oidc_client=values.get("BATTWHEELS_OIDC_CLIENT") or None,
            oidc_secret=_read_secret(values, "BATTWHEELS_OIDC_SECRET"),
        )
        _demand_answerable(settings)
        if settings.production:
            _demand_safe(settings)
        return settings


def _parse_origins(value: str) -> tuple[str, ...]:
    """Read origins as browsers send them; `*` would let every page use its visitor's token."""
    found = tuple(value.replace(",", " ").lower().split())
    for origin in found:
        if not ORIGIN.fullmatch(origin):
            raise InvalidInput(
                "BATTWHEELS_ALLOWED_ORIGINS",
                f"{origin[:80]!r} does not read as https://HOST or https://HOST:PORT",
            )
    return found


def _parse_mode(value: str) -> RunMode:
    try:
        return RunMode(value)
    except ValueError as error:
        raise InvalidInput("BATTWHEELS_ENV", "is development or production") from error


def _parse_ranker(value: str) -> RankerName:
    try:
        return RankerName(value)
    except ValueError as error:
        raise InvalidInput("BATTWHEELS_RANKER", f"is one of {', '.join(RankerName)}") from error


def _parse_rung(value: str | None) -> Rung | None:
    try:
        return Rung(value) if value else None
    except ValueError as error:
        raise InvalidInput("BATTWHEELS_DOCUMENTS_RUNG", f"is one of {', '.join(Rung)}") from error


def _parse_explorer(value: str | None) -> ExplorerRule:
    try:
        return ExplorerRule(value or ExplorerRule.OFF)
    except ValueError as error:
        raise InvalidInput("BATTWHEELS_EXPLORER", f"is {' or '.join(ExplorerRule)}") from error


def _parse_second_factor(value: str | None) -> SecondFactorRule | None:
    try:
        return SecondFactorRule(value) if value else None
    except ValueError as error:
        named = ", ".join(SecondFactorRule)
        raise InvalidInput("BATTWHEELS_SECOND_FACTOR", f"is one of {named}") from error


def _parse_port(value: str, name: str = "BATTWHEELS_PORT") -> int:
    if not value.isdecimal() or not 0 < int(value) < 1 << 16:
        raise InvalidInput(name, f"{value!r} is not a port")
    return int(value)


def _parse_whole(values: Mapping[str, str], name: str, default: int) -> int:
    value = values.get(name) or str(default)
    if not value.isdecimal() or len(value) > DIGITS:
        raise InvalidInput(name, f"{value[:20]!r} is not a whole number")
    return int(value)


def _maybe_port(values: Mapping[str, str], name: str) -> int | None:
    value = values.get(name)
    return _parse_port(value, name) if value else None


def _parse_public_url(value: str | None) -> str | None:
    """Give the address that paths are put behind; a path of its own has no / at its end."""
    if not value:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
        raise InvalidInput("BATTWHEELS_PUBLIC_URL", f"{value!r} does not read as https://HOST")
    return value.rstrip("/")


def _demand_answerable(settings: Settings) -> None:
    """Who sends mail says from whom, and where its links lead; other services are reached."""
    needed = {
        "BATTWHEELS_MAIL_FROM": settings.mail_from,
        "BATTWHEELS_PUBLIC_URL": settings.public_url,
    }
    for name, value in needed.items():
        if settings.smtp_url is not None and value is None:
            raise InvalidInput(name, "is needed beside BATTWHEELS_SMTP_URL")
    _ = settings.identity_provider, settings.relying_party, settings.key_service
    read_scanner(settings.file_scanner)
    read_bucket(settings.files_url, settings.files_region, settings.files_public_url)
    reached = settings.language_model_key or settings.language_model_url
    local = (settings.language_model or "").startswith("local:")
    if settings.language_model is not None and reached is None and not local:
        raise InvalidInput(
            "BATTWHEELS_LANGUAGE_MODEL",
            "needs BATTWHEELS_LANGUAGE_MODEL_KEY or BATTWHEELS_LANGUAGE_MODEL_URL beside it",
        )


def _read_secret(values: Mapping[str, str], name: str) -> str | None:
    file = values.get(f"{name}_FILE")
    if not file:
        return values.get(name) or None
    try:
        return Path(file).read_text().strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{name}_FILE", f"{file} cannot be read ({error})") from error


def _demand_safe(settings: Settings) -> None:
    needed = {
        "NEO4J_URI": settings.neo4j_uri,
        "NEO4J_PASSWORD": settings.neo4j_password,
        "POSTGRES_URL": settings.postgres_url,
        "REDIS_URL": settings.redis_url,
        "BATTWHEELS_TOKEN_SECRET": settings.token_secret,
        "BATTWHEELS_VAULT_KEYS": settings.vault_keys,
    }
    missing = [name for name, value in needed.items() if value is None]
    if missing:
        rest = f", and so are {', '.join(missing[1:])}" if missing[1:] else ""
        raise UnsafeSetting(missing[0], f"is needed in production{rest}")
    _demand_strong("NEO4J_PASSWORD", password_weakness(settings.neo4j_password or ""))
    _demand_strong("BATTWHEELS_TOKEN_SECRET", password_weakness(settings.token_secret or ""))
    if len((settings.token_secret or "").encode()) < SECRET_BYTES:
        raise UnsafeSetting("BATTWHEELS_TOKEN_SECRET", f"needs {SECRET_BYTES} bytes")
    _demand_strong("BATTWHEELS_TOKEN_SECRET", secret_weakness(settings.token_secret or ""))
    _demand_random_keys(settings.vault_keys or "")
    if settings.smtp_url is not None:
        _demand_strong("BATTWHEELS_SMTP_URL", _password_of(settings.smtp_url))
    if settings.files_url is not None:
        _demand_strong("BATTWHEELS_FILES_URL", _password_of(settings.files_url))
    for name, url in _told_secrets(settings):
        store_addresses.demand_closed(name, url, settings.own_stores)
    stores = {name: needed[name] or "" for name in store_addresses.STORES}
    if settings.postgres_owner_url is not None:
        stores["POSTGRES_OWNER_URL"] = settings.postgres_owner_url
    store_addresses.demand_safe(stores, settings.own_stores)


def _told_secrets(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the addresses that keys, passwords or links of ours are sent to, by their settings."""
    yield from (
        ("BATTWHEELS_VENDORS", vendor.partition("=")[2])
        for vendor in (settings.vendors or "").split()
    )
    if settings.files_url is not None:
        yield "BATTWHEELS_FILES_URL", settings.files_url
    if settings.language_model_url is not None:
        yield "BATTWHEELS_LANGUAGE_MODEL_URL", settings.language_model_url
    if settings.public_url is not None:
        yield "BATTWHEELS_PUBLIC_URL", settings.public_url


def _password_of(url: str) -> str | None:
    """Say what is wrong with the password inside a URL, where there is one."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return "cannot be read"
    return None if password is None else password_weakness(unquote(password))


def _demand_random_keys(said: str) -> None:
    keys = [key for _, _, key in (part.partition(":") for part in said.split())]
    for key in keys:
        _demand_strong("BATTWHEELS_VAULT_KEYS", key_weakness(key))
    if len(set(keys)) < len(keys):
        raise UnsafeSetting("BATTWHEELS_VAULT_KEYS", "has the same key twice; each is to be random")


def _demand_strong(name: str, weakness: str | None) -> None:
    if weakness is not None:
        raise UnsafeSetting(name, f"{weakness}; set a random one of your own")
