"""Words of cards in memory: Tantivy with the stems, weights and BM25 of the store's own index."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tantivy
from tantivy import Occur, Query

from graph.full_text import stem_word
from graph.read_model.entries import ReadCard

WRITER_BYTES = 15_000_000
# Lucene leaves out the factor k1 + 1 of BM25: scores are given as the store gives them.
LUCENE = 2.2
# A symptom weighs twice what the model year does (`full_text.with_marks`).
SYMPTOM = 2.0
Scored = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class WordReader:
    """Words as they were at one time."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher

    def with_words(
        self,
        words: Mapping[str, float],
        codes: Collection[str],
        count: int,
        places: Collection[str] | None = None,
    ) -> Scored:
        """Give the rows that share most words; of cards open to one of `places` alone, if given."""
        asked = [
            (Occur.Should, _weighed(self._term("words", stem_word(word)), weight))
            for word, weight in words.items()
        ]
        asked += [(Occur.Should, self._term("codes", code)) for code in codes]
        return self._found(Query.boolean_query(asked), count, places)

    def with_marks(
        self,
        model: str,
        years: Sequence[str],
        symptoms: Sequence[str],
        count: int,
        places: Collection[str] | None = None,
    ) -> Scored:
        """Give the rows of a model: shared symptoms first, then the same model year."""
        asked = [(Occur.Must, _uncounted(self._term("marks", model)))]
        asked += [(Occur.Should, self._term("marks", year)) for year in years]
        asked += [(Occur.Should, _weighed(self._term("marks", s), SYMPTOM)) for s in symptoms]
        return self._found(Query.boolean_query(asked), count, places)

    def _found(self, query: Query, count: int, places: Collection[str] | None) -> Scored:
        if places is not None:
            open_to = Query.term_set_query(self.schema, "places", list(places))
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, _uncounted(open_to))])
        found = self.searcher.search(query, count, count=False)
        hits: list[tuple[Any, tantivy.DocAddress]] = found.hits
        rows = self.searcher.fast_field_values("row", [address for _, address in hits])
        return [(int(row or 0), score / LUCENE) for row, (score, _) in zip(rows, hits, strict=True)]

    def _term(self, field: str, word: str) -> Query:
        return Query.term_query(self.schema, field, word, "freq")


class WordIndex:
    def __init__(self) -> None:
        self._schema = _build_schema()
        self._index = tantivy.Index(self._schema)
        self._writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        self.reader = WordReader(self._schema, self._index.searcher())

    def add(self, row: int, card: ReadCard) -> None:
        """Add a card; it is found after `publish`."""
        document = tantivy.Document()
        document.add_text("words", card.text.words)
        document.add_text("codes", card.text.codes)
        document.add_text("marks", card.text.marks)
        for place in card.entry.places:
            document.add_text("places", place)
        document.add_unsigned("row", row)
        self._writer.add_document(document)

    def delete(self, row: int) -> None:
        self._writer.delete_documents_by_term("row", row)

    def publish(self) -> None:
        """Let new readers see what was added and deleted."""
        self._writer.commit()
        self._index.reload()
        self.reader = WordReader(self._schema, self._index.searcher())


def _weighed(query: Query, weight: float) -> Query:
    return query if weight == 1 else Query.boost_query(query, weight)


def _uncounted(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _build_schema() -> tantivy.Schema:
    """Fields of words that the graph has taken apart already: only spaces part them here."""
    builder = tantivy.SchemaBuilder()
    for field in ("words", "codes", "marks"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("places", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("row", indexed=True, fast=True)
    return builder.build()
