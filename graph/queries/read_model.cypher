// name: ENTRY
// What finding needs of a card. The vector goes over the wire in one piece.
[c.id, c.version, c.visibility, CASE WHEN c.visibility = 'listed' THEN
   [(c)-[:VISIBLE_TO]->(g:Garage) | 'garage:' + g.id] + [(c)-[:VISIBLE_TO]->(r:Region) | 'region:' + r.name]
   ELSE [] END,
 c.error_codes, c.symptoms, c.fits, c.models, c.effectiveness, c.full_text, c.code_words, c.marks,
 CASE WHEN c.embedding_SIZE IS NOT NULL THEN c.embedding_model END,
 CASE WHEN c.embedding_SIZE IS NOT NULL THEN vector(c.embedding_SIZE, $size, FLOAT32) END,
 c:Unembedded]

// name: page
// Searchable cards in the order of their ids. `last` is the last id that was looked at.
CYPHER 25
MATCH (c:FailureCard) USING INDEX c:FailureCard(id)
WHERE c.id > $after
WITH c ORDER BY c.id LIMIT $limit
WITH collect(c) AS cards
RETURN cards[-1].id AS last, [c IN cards WHERE c:Findable | ENTRY] AS entries

// name: some
// Those of some cards that are searchable by now.
CYPHER 25
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids AND c:Findable
RETURN collect(ENTRY) AS entries

// name: unsent
// How many seconds the oldest event has waited in the outbox: longer than the feed takes is behind.
MATCH (e:Event) WHERE e.left_at IS NOT NULL
WITH e.left_at AS at ORDER BY at LIMIT 1
RETURN duration.inSeconds(at, datetime.realtime()).seconds AS seconds

// name: count
// How many there are, by the count store.
MATCH (c:Findable) RETURN count(c) AS cards

// name: embedded
// Those of some cards whose words have a vector of this model by now.
CYPHER 25
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids AND c.embedding_model = $model AND c.embedding_SIZE IS NOT NULL AND NOT c:Unembedded
RETURN collect(c.id) AS found
