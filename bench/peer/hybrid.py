"""Time neo4j-graphrag's HybridCypherRetriever: one JSON task in, milliseconds of each query out.

It runs under the peer's own Python (bench/peer/requirements.lock), since its driver is another one.
"""

import json
import sys
from importlib import import_module
from time import perf_counter
from typing import Any

from neo4j import GraphDatabase

RETRIEVAL = """
OPTIONAL MATCH (node)-[:AFFECTS]->(component:Component)
RETURN node.id AS id, node.title AS title, component.name AS component, score
"""


def main() -> None:
    # The package is there only in the peer's environment.
    retrievers: Any = import_module("neo4j_graphrag.retrievers")
    task: dict[str, Any] = json.load(sys.stdin)
    auth = (task["user"], task["password"])
    with GraphDatabase.driver(task["uri"], auth=auth) as driver:
        retriever = retrievers.HybridCypherRetriever(
            driver, task["vector_index"], task["fulltext_index"], RETRIEVAL
        )
        taken: list[float] = []
        for query in task["queries"]:
            began = perf_counter()
            retriever.search(query_text=query["text"], query_vector=query["vector"], top_k=5)
            taken.append((perf_counter() - began) * 1000)
    json.dump(taken, sys.stdout)


if __name__ == "__main__":
    main()
