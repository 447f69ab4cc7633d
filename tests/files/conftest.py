"""The stores that the contract of files is tried on: a folder, and a bucket of a real server."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from files.bucket import Bucket
from files.bucket_store import BucketStore
from files.folder_store import FolderStore
from files.object_store import ObjectStore
from tests.files.seaweed import seaweed


@pytest.fixture(scope="session")
def weed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weed")


@pytest.fixture(scope="session")
async def bucket(weed_home: Path) -> AsyncGenerator[Bucket]:
    with seaweed(weed_home) as account:
        found = Bucket(account)
        await found.prepare()
        yield found


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "folder":
        return FolderStore(tmp_path)
    return BucketStore(request.getfixturevalue("bucket"))
