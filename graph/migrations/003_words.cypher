// One document for each card: its failure, causes and repair in one field, stemmed as English, so that
// a word counts once wherever it stands. `code_words` holds its codes without separators, so that no
// analyzer splits them; `scope` holds who may see it and its state, so that hits are narrowed inside
// the index.
CREATE FULLTEXT INDEX card_words IF NOT EXISTS
FOR (n:FailureCard)
ON EACH [n.full_text, n.code_words, n.scope]
OPTIONS { indexConfig: { `fulltext.analyzer`: 'english' } };
