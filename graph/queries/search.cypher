// What every source shares: only searchable states (the label Findable), only what the viewer may see,
// every hop capped. A popular symptom or component has tens of thousands of cards; the newest few are
// looked at. The hints and the WITH DISTINCTs before conditions keep each plan on its path whatever the
// statistics say. Each hit brings its marks, so that ranking asks no second question; the rest is read
// for the best ranked alone.

// name: SEEN
// Whether a card is searchable and open to the viewer.
(c:Findable AND (c:Public OR $sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
  EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
  OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))))

// name: LEVEL
// How closely a card's vehicles fit the reported one.
size([fit IN $fits WHERE fit IN c.fits])

// name: COSINE
// How alike a card's meaning is to the report's.
CASE WHEN c.embedding_model = $model
  THEN 2 * vector.similarity.cosine(c.embedding_SIZE, $like) - 1 END

// name: MARKS
// What ranking needs to know of a card.
c.error_codes, c.symptoms, c.models, level

// name: HIT
// A found card as a list: for so many cards the names of a map would cost more than their values.
[card, score, via, MARKS, COSINE]

// name: cards
// About how many there are: the count store's number.
MATCH (c:FailureCard) RETURN count(c) AS cards

// name: wordings
// The failure texts of some cards, whoever may see them: only how often words stand in them is kept.
MATCH (c:Findable) WITH c LIMIT $limit
RETURN collect(c.title + ' ' + coalesce(c.symptom_text, '')) AS texts

// name: by_codes
// Cards that report any of these codes: a rare code tells more than a common one.
UNWIND $keys AS key
MATCH (e:ErrorCode {key: key}) USING INDEX SEEK e:ErrorCode(key)
WITH e, 1.0 / log(2 + COUNT { (e)<-[:REPORTS]-() }) AS weight
CALL (e) {
  MATCH (e)<-[:REPORTS]-(c)
  WITH DISTINCT c WHERE SEEN
  RETURN c LIMIT $cap
}
WITH c, sum(weight) AS score, collect(e.key) AS via
WITH c, c.id AS card, c.effectiveness AS effectiveness, score, via
ORDER BY size(via) DESC, score DESC, effectiveness DESC, card LIMIT $limit
WITH c, card, score, via, LEVEL AS level
RETURN collect(HIT) AS found

// name: WORDED
// The best hits of the full-text index, less those that the viewer may not see.
CALL db.index.fulltext.queryNodes('card_words', $words.query, {limit: $words.near})
YIELD node AS c, score
WITH collect({c: c, score: score}) AS looked
CALL (looked) {
  UNWIND looked AS near
  WITH near.c AS c, near.score AS score
  WITH c, score WHERE SEEN
  WITH c, score LIMIT $words.limit
  WITH c, c.id AS card, score, [] AS via, LEVEL AS level
  RETURN collect(HIT) AS found
}

// name: FITTING
// Cards of this model, those that share most symptoms first. A model and a symptom have thousands of
// cards each and few in common: the full-text index meets them at their marks in one step.
CALL db.index.fulltext.queryNodes('card_words', $vehicle.query, {limit: $vehicle.near})
YIELD node AS c
WITH collect(c) AS looked
CALL (looked) {
  UNWIND looked AS c
  WITH c WHERE SEEN
  WITH c, [s IN c.symptoms WHERE s IN $symptoms] AS via, LEVEL AS level
  WITH c, c.id AS card, via, level, 2.0 * size(via) + level AS score,
    c.effectiveness AS effectiveness
  ORDER BY score DESC, effectiveness DESC, card LIMIT $vehicle.limit
  RETURN collect(HIT) AS found
}

// name: by_words
// `looked` says how many hits the index gave, with those that the viewer may not see.
CYPHER 5
WORDED
RETURN found, size(looked) AS looked

// name: by_vehicle
// As by_words.
CYPHER 5
FITTING
RETURN found, size(looked) AS looked

// name: by_words_and_vehicle
// Both in one trip: a trip costs about as much as either search reads.
CYPHER 5
CALL () {
  WORDED
  RETURN {found: found, looked: size(looked)} AS words
}
CALL () {
  FITTING
  RETURN {found: found, looked: size(looked)} AS vehicle
}
RETURN words, vehicle

// name: by_symptoms
// IX-3: cards that show these symptoms, whatever they were seen on; the vehicle only lifts them.
UNWIND $symptoms AS code
MATCH (s:Symptom {code: code}) USING INDEX SEEK s:Symptom(code)
WITH s, 1.0 / log(2 + COUNT { (s)<-[:SHOWS]-() }) AS weight
CALL (s) {
  MATCH (s)<-[:SHOWS]-(c)
  WITH DISTINCT c WHERE SEEN
  RETURN c LIMIT $cap
}
WITH c, sum(weight) AS weight, collect(s.code) AS via
WITH c, weight, via, LEVEL AS level
WITH c, c.id AS card, weight, via, level, 2.0 * size(via) + level AS score,
  c.effectiveness AS effectiveness
ORDER BY score DESC, weight DESC, effectiveness DESC, card LIMIT $limit
RETURN collect(HIT) AS found

// name: FOUND_NEAR
// The nearest as hits; `looked` says how many the index gave, with those that the viewer may not see.
WITH collect({c: c, score: score}) AS looked
CALL (looked) {
  UNWIND looked AS near
  WITH near.c AS c, near.score AS score
  WITH c, score WHERE c.embedding_model = $model AND SEEN
  WITH c, 2 * score - 1 AS cosine LIMIT $limit
  WITH c, cosine, LEVEL AS level
  RETURN collect([c.id, cosine, [], MARKS, cosine]) AS found
}
RETURN found, size(looked) AS looked

// name: by_meaning
// The nearest vectors, of searchable cards alone: the index holds no others.
CYPHER 25
MATCH (c:Findable)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $like
  LIMIT $near
) SCORE AS score
FOUND_NEAR

// name: by_meaning_seen
// Narrowed inside the index to the places of the viewer; a listed card is checked by its edges.
CYPHER 25
MATCH (c:Findable)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $like
  WHERE c.visibility IN $places
  LIMIT $near
) SCORE AS score
FOUND_NEAR

// name: by_meaning_make
// As by_meaning, of one make or of several.
CYPHER 25
MATCH (c:Findable)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $like
  WHERE c.make IN $makes
  LIMIT $near
) SCORE AS score
FOUND_NEAR

// name: by_meaning_seen_make
// As by_meaning_seen, of one make or of several.
CYPHER 25
MATCH (c:Findable)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $like
  WHERE c.visibility IN $places AND c.make IN $makes
  LIMIT $near
) SCORE AS score
FOUND_NEAR

// name: by_components
// IX-4: cards of the component that raises the code or shows the symptom, then of those beside it in
// the tree, then of what its supplier also makes.
CALL () {
  UNWIND $keys AS key
  MATCH (e:ErrorCode {key: key}) USING INDEX SEEK e:ErrorCode(key)
  MATCH (e)-[:RAISED_BY]->(k)
  RETURN k
  UNION ALL
  UNWIND $symptoms AS code
  MATCH (s:Symptom {code: code}) USING INDEX SEEK s:Symptom(code)
  MATCH (s)-[:SEEN_ON]->(k)
  RETURN k
}
WITH k, count(*) AS weight ORDER BY weight DESC, k.id LIMIT $components
CALL (k, weight) {
  RETURN k AS near, 1.0 * weight AS worth, k.id AS via
  UNION ALL
  MATCH (k)-[:PART_OF]-(near)
  RETURN near, 0.5 * weight AS worth, near.id AS via LIMIT $components
  UNION ALL
  MATCH (k)-[:SUPPLIED_BY]->(s)<-[:SUPPLIED_BY]-(near)
  RETURN near, 0.3 * weight AS worth, s.id AS via LIMIT $components
}
WITH near, sum(worth) AS worth, collect(DISTINCT via) AS via
ORDER BY worth DESC, near.id LIMIT $components
CALL (near, worth) {
  MATCH (near)<-[:AFFECTS]-(c)
  WITH DISTINCT c WHERE SEEN
  RETURN c LIMIT $cap
}
WITH c, worth, via, LEVEL AS level
WITH c, c.id AS card, via, level, worth + 0.25 * level AS score, c.effectiveness AS effectiveness
ORDER BY score DESC, effectiveness DESC, card LIMIT $limit
RETURN collect(HIT) AS found

// name: by_causes
// Cards that share a cause with cards of the same code. The cards in between are narrowed as well: a
// cause that only others may see leads nowhere.
UNWIND $keys AS key
MATCH (e:ErrorCode {key: key}) USING INDEX SEEK e:ErrorCode(key)
CALL (e) {
  MATCH (e)<-[:REPORTS]-(c)
  WITH DISTINCT c WHERE SEEN
  RETURN c AS known LIMIT $few
}
MATCH (known)-[r:CAUSED_BY]->(k)
WITH k, sum(1.0 / r.rank) AS weight ORDER BY weight DESC, k.key LIMIT $causes
CALL (k) {
  MATCH (k)<-[:CAUSED_BY]-(c)
  WITH DISTINCT c WHERE SEEN
  RETURN c LIMIT $few
}
WITH c, sum(weight / (1.0 + weight)) AS worth, collect(k.key) AS via, LEVEL AS level
WITH c, c.id AS card, via, level, worth + 0.25 * level AS score, c.effectiveness AS effectiveness
ORDER BY score DESC, effectiveness DESC, card LIMIT $limit
RETURN collect(HIT) AS found

// name: facts
// What admitting and explaining a card needs, for all cards at once; each component is looked up once.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids AND SEEN
WITH collect(c) AS cards, collect(DISTINCT c.component) AS ids
CALL (ids) {
  UNWIND ids AS id
  MATCH (k:Component {id: id}) USING INDEX SEEK k:Component(id)
  RETURN collect(k{.id, .name, subsystem: head([(k)-[:PART_OF*0..6]->(top:Component)
    WHERE NOT EXISTS { (top)-[:PART_OF]->() } | top.id])}) AS components
}
RETURN components, [c IN cards | c{.id, .version, .status, .source, .title, .symptom_text, .severity,
  .causes, .campaign, .recheck, .component, .error_codes, .symptoms, .models, fits: c.fits[..200],
  level: LEVEL,
  cosine: COSINE, .times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
  .estimated_minutes, .last_used, .reputation}] AS cards

// name: recent
// What this garage was last shown or tried, the newest first.
MATCH (t:Ticket {garage_id: $garage_id}) USING INDEX SEEK t:Ticket(garage_id, opened_at)
WHERE t.opened_at IS NOT NULL
WITH t ORDER BY t.opened_at DESC LIMIT $tickets
MATCH (t)-[r:SHOWN|TRIED]->(c:FailureCard)
WHERE SEEN
WITH c.id AS card, max(r.at) AS at, count(*) AS times
ORDER BY at DESC, times DESC, card LIMIT $limit
RETURN collect({card: card, score: toFloat(times)}) AS found
