"""A bucket and a scanner are read from one setting each, or refused by its name."""

import pytest

from domain.errors import InvalidInput, UnsafeSetting
from files.bucket import BucketAccount
from files.scanners import ClamScanner, CommandScanner
from tests.web.test_settings import SAFE
from web.file_settings import read_bucket, read_scanner
from web.settings import Settings

SECRET = "q7-Long%2Fand+random"  # noqa: S105 - of nobody
URL = f"https://battwheels:{SECRET}@objects.example:9000/files"


def test_a_bucket_is_read_from_its_address() -> None:
    assert read_bucket(URL, "ap-south-1") == BucketAccount(
        url="https://objects.example:9000",
        bucket="files",
        key="battwheels",
        secret="q7-Long/and+random",  # noqa: S106 - of nobody
        region="ap-south-1",
    )
    assert SECRET not in repr(Settings.read({"BATTWHEELS_FILES_URL": URL}))


def test_senders_may_reach_a_bucket_elsewhere() -> None:
    found = read_bucket(URL, "here", "http://localhost:8333/")
    assert found is not None
    assert found.public_url == "http://localhost:8333"
    with pytest.raises(InvalidInput) as refused:
        read_bucket(URL, "here", "localhost/files")
    assert refused.value.field == "BATTWHEELS_FILES_PUBLIC_URL"


@pytest.mark.parametrize(
    "said",
    [
        "s3://key:secret@host/files",
        "https://host/files",
        "https://key@host/files",
        "https://key:secret@host/",
        "https://key:secret@host/Two Words",
        "https://key:secret@host:port/files",
    ],
)
def test_half_a_bucket_is_refused(said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Settings.read({"BATTWHEELS_FILES_URL": said})
    assert refused.value.field == "BATTWHEELS_FILES_URL"
    assert "secret" not in str(refused.value).lower().replace("key:secret", "")


@pytest.mark.parametrize(
    "said",
    [
        "http://battwheels:q7-long-and-random@objects.example/files",
        "https://battwheels:password@objects.example/files",
    ],
)
def test_production_reaches_a_bucket_safely(said: str) -> None:
    with pytest.raises(UnsafeSetting) as refused:
        Settings.read(SAFE | {"BATTWHEELS_FILES_URL": said})
    assert refused.value.setting == "BATTWHEELS_FILES_URL"


def test_scanners_are_read() -> None:
    assert read_scanner(None) is None
    assert read_scanner("clamd://scanner.internal") == ClamScanner("scanner.internal", 3310)
    assert read_scanner("clamd://127.0.0.1:99") == ClamScanner("127.0.0.1", 99)
    assert read_scanner("command:clamdscan -") == CommandScanner(("clamdscan", "-"))


@pytest.mark.parametrize(
    "said", ["clamd", "clamd://", "clamd://a:b", "command:", "command:'", "x:y"]
)
def test_what_reads_as_no_scanner_is_refused(said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Settings.read({"BATTWHEELS_FILE_SCANNER": said})
    assert refused.value.field == "BATTWHEELS_FILE_SCANNER"
