"""What production refuses: guessable secrets of any shape, stores that anybody could listen to."""

import secrets
from base64 import b64encode
from pathlib import Path

import pytest

from domain.errors import UnsafeSetting
from tests.web.test_settings import SAFE
from web.settings import Settings


def encoded(key: bytes) -> str:
    return b64encode(key).decode()


GOOD_KEY = encoded(bytes(range(0, 256, 8))[::-1][:16] + secrets.token_bytes(16))


@pytest.mark.parametrize(
    "weak",
    [
        "a" * 64,
        "ab" * 32,
        "abcdefg" * 8,
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "zyxwvutsrqponmlkjihgfedcba9876543210",
        "aabbccddeeffgghhiijjkkllmmnnooppqq",
        "changeme-changeme-battwheels-secret",
        "password-password-password-password1",
        "replace-this-secret-here-your-token",
        "\0" * 40,
    ],
)
def test_a_guessable_secret_is_refused(weak: str) -> None:
    with pytest.raises(UnsafeSetting) as refused:
        Settings.read(SAFE | {"BATTWHEELS_TOKEN_SECRET": weak})
    assert refused.value.setting == "BATTWHEELS_TOKEN_SECRET"
    assert weak not in str(refused.value)


@pytest.mark.parametrize(
    "weak", ["12345678", "battwheels1", "Passw0rd!", "qwerty123", "aaaaaaaaaaaa"]
)
@pytest.mark.parametrize("name", ["NEO4J_PASSWORD", "POSTGRES_URL", "REDIS_URL"])
def test_a_guessable_password_is_refused(name: str, weak: str) -> None:
    urls = {
        "NEO4J_PASSWORD": weak,
        "POSTGRES_URL": f"postgresql://app:{weak}@db.example.org/b?sslmode=require",
        "REDIS_URL": f"rediss://:{weak}@cache.example.org/0",
    }
    with pytest.raises(UnsafeSetting) as refused:
        Settings.read(SAFE | {name: urls[name]})
    assert refused.value.setting == name


@pytest.mark.parametrize(
    "keys",
    [
        f"first:{encoded(bytes(32))} index:{GOOD_KEY}",
        f"first:{GOOD_KEY} index:{encoded(bytes(32))}",
        f"first:{encoded(bytes(range(32)))} index:{GOOD_KEY}",
        f"first:{encoded(b'ab' * 16)} index:{GOOD_KEY}",
        f"first:{GOOD_KEY} index:{GOOD_KEY}",
        f"first:{encoded(b'short')} index:{GOOD_KEY}",
        "first:%%% index:%%%",
    ],
    ids=["zeroes", "index of zeroes", "counted", "repeated", "one for both", "short", "no key"],
)
def test_keys_that_are_not_random_are_refused(keys: str) -> None:
    with pytest.raises(UnsafeSetting) as refused:
        Settings.read(SAFE | {"BATTWHEELS_VAULT_KEYS": keys})
    assert refused.value.setting == "BATTWHEELS_VAULT_KEYS"


def test_random_secrets_of_any_alphabet_are_taken() -> None:
    for secret in (secrets.token_hex(16), secrets.token_urlsafe(32), secrets.token_urlsafe(48)):
        assert Settings.read(SAFE | {"BATTWHEELS_TOKEN_SECRET": secret}).production


PASSED = "xK2-long-and-random"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("NEO4J_URI", "neo4j+ssc://graph.example.org"),
        ("NEO4J_URI", "bolt+ssc://graph.example.org"),
        ("POSTGRES_URL", f"postgresql://app:{PASSED}@db.example.org/b?sslmode=require"),
        ("POSTGRES_URL", f"postgresql://app:{PASSED}@db.example.org/b?sslmode=prefer"),
        ("REDIS_URL", f"rediss://:{PASSED}@cache.example.org/0?ssl_cert_reqs=none"),
        ("REDIS_URL", f"rediss://:{PASSED}@cache.example.org/0?ssl_cert_reqs=optional"),
        ("REDIS_URL", f"rediss://:{PASSED}@cache.example.org/0?ssl_check_hostname=False"),
    ],
)
def test_a_store_whose_certificate_nobody_checks_is_refused(name: str, url: str) -> None:
    with pytest.raises(UnsafeSetting, match="any certificate") as refused:
        Settings.read(SAFE | {name: url})
    assert refused.value.setting == name
    assert PASSED not in str(refused.value)


HEARS = {
    "BATTWHEELS_VENDORS": "{scheme}://shop:{word}@{host}/offers",
    "BATTWHEELS_LANGUAGE_MODEL_URL": "{scheme}://{host}/v1",
    "BATTWHEELS_PUBLIC_URL": "{scheme}://{host}",
}


@pytest.mark.parametrize("name", HEARS)
def test_who_hears_secrets_is_reached_by_tls(name: str) -> None:
    def given(scheme: str, host: str) -> dict[str, str]:
        url = HEARS[name].format(scheme=scheme, host=host, word=PASSED)
        return SAFE | {name: f"parts={url}" if name == "BATTWHEELS_VENDORS" else url}

    with pytest.raises(UnsafeSetting, match="has no TLS") as refused:
        Settings.read(given("http", "shop.example.org"))
    assert refused.value.setting == name
    assert PASSED not in str(refused.value)
    for scheme, host in (
        ("https", "shop.example.org"),
        ("http", "127.0.0.1:9"),
        ("http", "localhost"),
    ):
        assert Settings.read(given(scheme, host)).production
    assert Settings.read(given("http", "models") | {"BATTWHEELS_OWN_STORES": "models"}).production


PLAIN = {
    "NEO4J_URI": "bolt://{host}:7687",
    "POSTGRES_URL": "postgresql://app:xK2-long-and-random@{host}:5432/b",
    "REDIS_URL": "redis://:yR9-long-and-random@{host}:6379/0",
}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("host", ["db.example.org", "10.0.0.7", "127.0.0.1", "redis"])
def test_a_store_without_tls_is_refused(name: str, host: str) -> None:
    with pytest.raises(UnsafeSetting, match="has no TLS") as refused:
        Settings.read(SAFE | {name: PLAIN[name].format(host=host)})
    assert refused.value.setting == name


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "redis"])
def test_a_store_on_the_own_machine_is_reached_where_a_setting_says_so(
    name: str, host: str
) -> None:
    given = SAFE | {name: PLAIN[name].format(host=host), "BATTWHEELS_OWN_STORES": host}
    assert Settings.read(given).own_stores == frozenset({host})


@pytest.mark.parametrize("host", ["db.example.org", "10.0.0.7", "8.8.8.8"])
def test_another_machine_cannot_be_called_the_own(host: str) -> None:
    given = SAFE | {
        "BATTWHEELS_OWN_STORES": host,
        "REDIS_URL": PLAIN["REDIS_URL"].format(host=host),
    }
    with pytest.raises(UnsafeSetting, match="is not of this machine") as refused:
        Settings.read(given)
    assert refused.value.setting == "BATTWHEELS_OWN_STORES"


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("POSTGRES_URL", "postgresql://app@db.example.org/b?sslmode=verify-full"),
        ("REDIS_URL", "rediss://cache.example.org/0"),
    ],
)
def test_a_store_without_a_password_is_refused(name: str, url: str) -> None:
    with pytest.raises(UnsafeSetting, match="has no password") as refused:
        Settings.read(SAFE | {name: url})
    assert refused.value.setting == name


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(UnsafeSetting) as refused:
        Settings.read({"BATTWHEELS_ENV": "production"})
    assert str(refused.value) == (
        "NEO4J_URI: is needed in production, and so are NEO4J_PASSWORD, POSTGRES_URL, REDIS_URL, "
        "BATTWHEELS_TOKEN_SECRET, BATTWHEELS_VAULT_KEYS"
    )


def test_the_image_starts_in_production() -> None:
    image = (Path(__file__).parents[2] / "Dockerfile").read_text()
    assert "BATTWHEELS_ENV=production" in image
