// One document for each searchable card, stemmed as English: its failure, causes and repair in one
// field, so that a word counts once wherever it stands. `code_words` holds its codes without
// separators, so that no analyzer splits them; `marks` holds its vehicles and symptoms and `scope` who
// alone may see it, so that hits are narrowed inside the index.
CREATE FULLTEXT INDEX card_words IF NOT EXISTS
FOR (n:FailureCard)
ON EACH [n.full_text, n.code_words, n.marks, n.scope]
OPTIONS { indexConfig: { `fulltext.analyzer`: 'english' } };
