"""Settings: defaults, files for secrets, and what production refuses."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from access.provider_accounts import ProviderAccount
from domain.errors import InvalidInput, UnsafeSetting
from tests.commands import called
from web.caps import Caps
from web.oidc_settings import SECRET
from web.passkey_settings import read_party
from web.settings import RunMode, Settings

TOKEN_SECRET = "uN4-kf83hQz0_pLw7Rb2xVt9sYd5gMj1"  # noqa: S105 - a test's own
KEYS = [b64encode(sha256(name).digest()).decode() for name in (b"first", b"index")]
SAFE = {
    "BATTWHEELS_ENV": "production",
    "NEO4J_URI": "neo4j+s://graph.example.org",
    "NEO4J_USER": "battwheels",
    "NEO4J_PASSWORD": "gQ7-long-and-random",
    "POSTGRES_URL": "postgresql://app:xK2-long-and-random@db.example.org/battwheels?sslmode=verify-full",
    "REDIS_URL": "rediss://:yR9-long-and-random@cache.example.org/0",
    "BATTWHEELS_TOKEN_SECRET": TOKEN_SECRET,
    "BATTWHEELS_VAULT_KEYS": f"first:{KEYS[0]} index:{KEYS[1]}",
}


def test_empty_environment_is_development() -> None:
    assert Settings.read({}) == Settings(
        environment=RunMode.DEVELOPMENT,
        home=Path(".battwheels"),
        host="127.0.0.1",
        port=8000,
        neo4j_uri=None,
        neo4j_user=None,
        neo4j_password=None,
        postgres_url=None,
        redis_url=None,
        embedding_model=None,
        token_secret=None,
        vault_keys=None,
    )


def test_safe_production_is_read() -> None:
    settings = Settings.read(SAFE | {"BATTWHEELS_PORT": "65535", "BATTWHEELS_HOST": "0.0.0.0"})  # noqa: S104 - a container listens everywhere
    assert settings.production
    assert (settings.host, settings.port) == ("0.0.0.0", 65_535)  # noqa: S104
    assert settings.token_secret == TOKEN_SECRET


@pytest.mark.parametrize(
    "name",
    [
        "NEO4J_URI",
        "NEO4J_PASSWORD",
        "POSTGRES_URL",
        "REDIS_URL",
        "BATTWHEELS_TOKEN_SECRET",
        "BATTWHEELS_VAULT_KEYS",
    ],
)
@pytest.mark.parametrize("missing", [None, ""])
def test_production_needs_every_secret(name: str, missing: str | None) -> None:
    given = {k: v for k, v in SAFE.items() if k != name} | ({} if missing is None else {name: ""})
    with pytest.raises(UnsafeSetting, match="is needed in production") as refused:
        Settings.read(given)
    assert refused.value.setting == name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEO4J_PASSWORD", "neo4j"),
        ("NEO4J_PASSWORD", "Password"),
        ("BATTWHEELS_TOKEN_SECRET", "changeme"),
        ("POSTGRES_URL", "postgresql://postgres:postgres@db/battwheels"),
        ("POSTGRES_URL", "postgresql://app:p%61ssword@db/battwheels"),
        ("REDIS_URL", "redis://:secret@cache/0"),
        ("POSTGRES_URL", "postgresql://app:@db/battwheels"),
    ],
)
def test_production_refuses_known_passwords(name: str, value: str) -> None:
    with pytest.raises(UnsafeSetting, match="well-known") as refused:
        Settings.read(SAFE | {name: value})
    assert refused.value.setting == name


def test_production_refuses_a_short_secret() -> None:
    with pytest.raises(UnsafeSetting, match="needs 32 bytes") as refused:
        Settings.read(SAFE | {"BATTWHEELS_TOKEN_SECRET": TOKEN_SECRET[:31]})
    assert refused.value.setting == "BATTWHEELS_TOKEN_SECRET"


def test_secret_is_counted_in_bytes() -> None:
    assert Settings.read(SAFE | {"BATTWHEELS_TOKEN_SECRET": "हैकखगघचछजझटठडढणतथदधनपफब"}).production


def test_development_may_be_careless() -> None:
    settings = Settings.read({"NEO4J_PASSWORD": "neo4j", "BATTWHEELS_TOKEN_SECRET": "short"})
    assert (settings.neo4j_password, settings.token_secret) == ("neo4j", "short")


def test_secret_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("from the file\n")
    settings = Settings.read({"NEO4J_PASSWORD": "ignored", "NEO4J_PASSWORD_FILE": str(file)})
    assert settings.neo4j_password == "from the file"  # noqa: S105 - a test's own


def test_empty_file_is_no_secret(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("\n")
    assert Settings.read({"BATTWHEELS_TOKEN_SECRET_FILE": str(file)}).token_secret is None


def test_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read") as refused:
        Settings.read({"POSTGRES_URL_FILE": str(tmp_path / "absent")})
    assert refused.value.field == "POSTGRES_URL_FILE"


def test_binary_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="cannot be read"):
        Settings.read({"REDIS_URL_FILE": str(file)})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8000.0", "http", " 8000", "²"])
def test_port_must_be_one(port: str) -> None:
    with pytest.raises(InvalidInput, match="is not a port"):
        Settings.read({"BATTWHEELS_PORT": port})


@pytest.mark.parametrize("environment", ["prod", "", "Production", "test"])
def test_environment_is_one_of_two(environment: str) -> None:
    with pytest.raises(InvalidInput, match="development or production"):
        Settings.read({"BATTWHEELS_ENV": environment})


def test_memory_of_the_read_model_is_a_whole_number() -> None:
    given = {"BATTWHEELS_READ_MODEL_MIB": "64"}
    assert (Settings.read(given).read_model_mib, Settings.read({}).read_model_mib) == (64, 512)
    assert Settings.read({"BATTWHEELS_READ_MODEL_MIB": "0"}).read_model_mib == 0


@pytest.mark.parametrize("mib", ["-1", "much", "1.5", "1e3", "9" * 5_000])
def test_no_other_memory_is_read(mib: str) -> None:
    with pytest.raises(InvalidInput, match="BATTWHEELS_READ_MODEL_MIB"):
        Settings.read({"BATTWHEELS_READ_MODEL_MIB": mib})


def test_secrets_stay_out_of_the_log() -> None:
    shown = repr(Settings.read(SAFE))
    assert "random" not in shown
    assert TOKEN_SECRET not in shown


def test_who_sends_mail_says_from_whom_and_where_its_links_lead() -> None:
    mail = {
        "BATTWHEELS_SMTP_URL": "smtps://bills:secret@mail.example",
        "BATTWHEELS_MAIL_FROM": "bills@garage.example",
        "BATTWHEELS_PUBLIC_URL": "https://os.garage.example/",
    }
    assert Settings.read(mail).public_url == "https://os.garage.example"
    assert "secret" not in repr(Settings.read(mail))
    for name in ("BATTWHEELS_MAIL_FROM", "BATTWHEELS_PUBLIC_URL"):
        with pytest.raises(InvalidInput, match="is needed beside BATTWHEELS_SMTP_URL") as refused:
            Settings.read(mail | {name: ""})
        assert refused.value.field == name


def test_a_language_model_has_a_key_or_a_server() -> None:
    named = {"BATTWHEELS_LANGUAGE_MODEL": "openai:own"}
    with pytest.raises(InvalidInput, match="needs BATTWHEELS_LANGUAGE_MODEL_KEY or") as refused:
        Settings.read(named)
    assert refused.value.field == "BATTWHEELS_LANGUAGE_MODEL"
    for name in ("BATTWHEELS_LANGUAGE_MODEL_KEY", "BATTWHEELS_LANGUAGE_MODEL_URL"):
        assert Settings.read(named | {name: "known"}).language_model == "openai:own"


def test_production_refuses_a_known_password_of_its_mail_server() -> None:
    mail = {
        "BATTWHEELS_SMTP_URL": "smtps://bills:changeme@mail.example",
        "BATTWHEELS_MAIL_FROM": "bills@garage.example",
        "BATTWHEELS_PUBLIC_URL": "https://os.garage.example",
    }
    with pytest.raises(UnsafeSetting, match="well-known") as refused:
        Settings.read(SAFE | mail)
    assert "changeme" not in str(refused.value)


@pytest.mark.parametrize("value", ["garage.example", "ftp://x.example", "https://", "https://[x"])
def test_public_address_must_be_one(value: str) -> None:
    with pytest.raises(InvalidInput, match="does not read as https://HOST"):
        Settings.read({"BATTWHEELS_PUBLIC_URL": value})


@pytest.mark.row("DP-5")
@pytest.mark.parametrize(
    ("command", "password"), [("serve", "neo4j"), ("work", "changeme"), ("migrate", "changeme")]
)
def test_a_start_in_production_refuses_a_default(
    tmp_path: Path, command: str, password: str
) -> None:
    given = SAFE | {"BATTWHEELS_HOME": str(tmp_path), "NEO4J_PASSWORD": password}
    code, said, complained = called(command, **given)
    assert (code, said) == (1, "")
    assert complained.startswith("NEO4J_PASSWORD: ")
    assert len(complained.splitlines()) == 1
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "domain", ["x.1", "10.0.0.1", "-a.example", "a..example", "A.example", "a" * 64 + ".example"]
)
def test_passkeys_belong_to_names(domain: str) -> None:
    with pytest.raises(InvalidInput, match="BATTWHEELS_PASSKEY_DOMAIN"):
        read_party(domain, [f"https://{domain}"], production=True)


def test_every_cap_is_a_setting() -> None:
    caps = Settings.read({"BATTWHEELS_FIELDS": "7", "BATTWHEELS_PROXIES": "10.0.0.5 10.0.0.6"}).caps
    assert caps == Caps(fields=7, proxies=("10.0.0.5", "10.0.0.6"))
    assert caps.documents.fields == 7


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "many", "1" * 13, "\u0663"])
def test_caps_are_whole_numbers(value: str) -> None:
    with pytest.raises(InvalidInput, match="BATTWHEELS_HEADER_BYTES"):
        Settings.read({"BATTWHEELS_HEADER_BYTES": value})


def test_the_page_of_limits_is_of_the_code() -> None:
    page = Path(__file__).parent.parent.parent / "docs" / "limits.md"
    assert Caps.page() in page.read_text()


OIDC = {
    "BATTWHEELS_OIDC_ISSUER": "https://accounts.example",
    "BATTWHEELS_OIDC_CLIENT": "garage-app",
    "BATTWHEELS_OIDC_SECRET": "given by the service",
    "BATTWHEELS_PUBLIC_URL": "https://garage.example",
}


def test_another_service_is_known_by_all_its_settings() -> None:
    account = Settings.read(SAFE | OIDC).identity_provider
    assert account == ProviderAccount(
        issuer="https://accounts.example", client="garage-app", secret=OIDC[SECRET]
    )
    assert "given" not in repr(Settings.read(OIDC))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BATTWHEELS_OIDC_ISSUER", ""),
        ("BATTWHEELS_OIDC_CLIENT", ""),
        ("BATTWHEELS_OIDC_SECRET", ""),
        ("BATTWHEELS_OIDC_CLIENT", "x" * 501),
        ("BATTWHEELS_PUBLIC_URL", ""),
        ("BATTWHEELS_PUBLIC_URL", "http://127.0.0.1:8000"),
        ("BATTWHEELS_OIDC_ISSUER", "http://127.0.0.1:9400"),
        ("BATTWHEELS_OIDC_ISSUER", "accounts.example"),
        ("BATTWHEELS_OIDC_ISSUER", "https://accounts.example?x=1"),
    ],
)
def test_another_service_is_refused_by_half(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Settings.read(SAFE | OIDC | {name: value})
    assert refused.value.field == name
