// One document for each card: its own words and those of its steps, stemmed as English. `code_words`
// holds its codes without separators, so that no analyzer splits them; `scope` holds who may see it
// and its state, so that hits are narrowed inside the index.
CREATE FULLTEXT INDEX card_words IF NOT EXISTS
FOR (n:FailureCard)
ON EACH [n.title, n.symptom_text, n.cause_text, n.step_text, n.code_words, n.scope]
OPTIONS { indexConfig: { `fulltext.analyzer`: 'english' } };
