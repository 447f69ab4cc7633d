"""What the tests of this package read against: the shipped vocabulary, and a model loaded once."""

from collections.abc import Generator
from pathlib import Path

import pytest

from ingest import knowledge
from ingest.batch import ImportBatch
from ingest.embedder import Embedder
from ingest.knowledge import shipped_lexicon
from ingest.lexicon import Lexicon
from ingest.report_reader import ReportReader


@pytest.fixture(scope="session")
def shipped() -> ImportBatch:
    return knowledge.read_knowledge()


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return shipped_lexicon()


@pytest.fixture(scope="session")
def embedder(vectors_home: Path) -> Generator[Embedder]:
    embedder = Embedder(home=vectors_home)
    yield embedder
    embedder.close()


@pytest.fixture(scope="session")
async def reader(lexicon: Lexicon, embedder: Embedder) -> ReportReader:
    reader = ReportReader(lexicon, embedder)
    await reader.learn()
    return reader


@pytest.fixture
def written(tmp_path: Path) -> "Written":
    return Written(tmp_path)


class Written:
    """Writes files into a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path
