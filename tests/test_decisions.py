"""Each deviation from the specification has its record, whole, and every record can be found."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "decisions"
INDEX = (FOLDER / "index.md").read_text(encoding="utf-8")
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]
LINE = re.compile(r"^\| (.+?) \|.*\[(\d{4})\]\((\S+\.md)\) \|$", re.MULTILINE)
WORD = re.compile(r"^\*\*(Context|Decision|Alternatives|Consequences)\.\*\*", re.MULTILINE)
LENGTH = 45
# A section of fewer characters says nothing.
ENOUGH = 80
# Every technology of the specification that something else stands for here, as its role map has it.
TECHNOLOGIES = """
MongoDB | Atlas | Pinecone | Weaviate | Milvus | PostgreSQL TDE | pg_partman | TimescaleDB
Redis Cluster | RabbitMQ | Kafka | Change streams | Kong | Nginx | FastAPI | eleven microservices
GPT-4 | ada-002 | BERT | 768 numbers | XGBoost | neural reranker | Isolation Forest | Feast | MLflow
Kubeflow | S3 | MinIO | Kubernetes | HPA | Prometheus | Grafana | Loki | Jaeger | PagerDuty | React
React Native
"""


@pytest.mark.row("AP-6")
def test_each_deviation_has_a_record_that_speaks_of_it() -> None:
    named = {
        name: (FOLDER / file).read_text(encoding="utf-8")
        for names, _, file in LINE.findall(INDEX.partition("## Deviations from its rules")[0])
        for name in names.split(", ")
    }
    assert set(named) == {one.strip() for one in re.split(r"[|\n]", TECHNOLOGIES) if one.strip()}
    silent = [name for name, text in named.items() if _key(name) not in " ".join(text.split())]
    assert silent == []


@pytest.mark.row("AP-6")
@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_a_record_is_whole(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert text.startswith(f"# {record.stem[:4]}")
    _, *parts = WORD.split(text)
    assert parts[::2] == SECTIONS
    assert [said for said in parts[1::2] if len(said.strip()) < ENOUGH] == []
    # What only lists (old and new names) may go on behind the page.
    page = [line for line in text.splitlines() if line and not line.startswith(("|", "## "))]
    assert len(page) <= LENGTH, "a record is one page"


def test_every_record_stands_in_the_table_and_in_the_navigation() -> None:
    files = [record.name for record in RECORDS]
    rows = LINE.findall(INDEX)
    assert {file for _, _, file in rows} == set(files)
    assert [file for _, number, file in rows if not file.startswith(f"{number}-")] == []
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^      - decisions/(\S+)$", navigation, re.MULTILINE)
    assert listed == ["index.md", *files]


def _key(name: str) -> str:
    """Give the word that a record has to say: of two words the one that tells them apart."""
    return {
        "PostgreSQL TDE": "TDE",
        "eleven microservices": "eleven services",
        "Change streams": "change streams",
    }.get(name, name)
