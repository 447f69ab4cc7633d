// What every source shares: only searchable states, only what the viewer may see, every hop capped.
// A popular symptom or component has tens of thousands of cards; the newest few hundred are looked at.

// name: by_codes
// Cards that report any of these codes: a rare code tells more than a common one.
UNWIND $keys AS key
MATCH (e:ErrorCode {key: key})
WITH e, 1.0 / log(2 + COUNT { (e)<-[:REPORTS]-() }) AS weight
CALL (e) {
  MATCH (e)<-[:REPORTS]-(c:FailureCard)
  WHERE c.status IN $statuses
    AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
      EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
      OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
  RETURN c LIMIT $cap
}
WITH c, sum(weight) AS score, collect(e.key) AS via
WITH c.id AS card, c.effectiveness AS effectiveness, score, via
ORDER BY size(via) DESC, score DESC, effectiveness DESC, card LIMIT $limit
RETURN card, score, via

// name: by_vehicle
// Cards of this model that show any of these symptoms, the same model year before another.
MATCH (v:VehicleModel)
WHERE v.make_key = $make AND v.model_key = $model AND v.year >= 0
WITH v, CASE v.year WHEN $year THEN 3 ELSE 2 END AS level
ORDER BY level DESC, v.year DESC LIMIT $models
CALL (v) {
  MATCH (v)<-[:APPLIES_TO]-(c:FailureCard)
  WHERE c.status IN $statuses
    AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
      EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
      OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
  RETURN c LIMIT $cap
}
WITH c, max(level) AS level
WITH c, level, [s IN c.symptoms WHERE s IN $symptoms] AS via
WITH c.id AS card, level, via, 2.0 * size(via) + level AS score, c.effectiveness AS effectiveness
ORDER BY score DESC, effectiveness DESC, card LIMIT $limit
RETURN card, score, via

// name: by_symptoms
// IX-3: cards that show these symptoms, whatever they were seen on; the vehicle only lifts them.
UNWIND $symptoms AS code
MATCH (s:Symptom {code: code})
WITH s, 1.0 / log(2 + COUNT { (s)<-[:SHOWS]-() }) AS weight
CALL (s) {
  MATCH (s)<-[:SHOWS]-(c:FailureCard)
  WHERE c.status IN $statuses
    AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
      EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
      OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
  RETURN c LIMIT $cap
}
WITH c, sum(weight) AS weight, collect(s.code) AS via
WITH c, weight, via, reduce(n = 0, fit IN $fits | n + CASE WHEN fit IN c.fits THEN 1 ELSE 0 END)
  AS level
WITH c.id AS card, weight, via, 2.0 * size(via) + level AS score, c.effectiveness AS effectiveness
ORDER BY score DESC, weight DESC, effectiveness DESC, card LIMIT $limit
RETURN card, score, via

// name: by_meaning
// The nearest vectors of the same model. Whoever sees all needs no place.
CYPHER 25
MATCH (c:FailureCard)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $vector
  WHERE c.embedding_model = $model AND c.status IN $statuses
  LIMIT $near
) SCORE AS score
RETURN c.id AS card, 2 * score - 1 AS score, true AS visible

// name: by_meaning_seen
// Narrowed inside the index to the places of the viewer; a listed card is checked by its edges.
CYPHER 25
MATCH (c:FailureCard)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $vector
  WHERE c.embedding_model = $model AND c.status IN $statuses AND c.visibility IN $places
  LIMIT $near
) SCORE AS score
RETURN c.id AS card, 2 * score - 1 AS score,
  c.visibility <> 'listed' OR EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
  OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) } AS visible

// name: by_meaning_make
// As by_meaning, of one make or of several.
CYPHER 25
MATCH (c:FailureCard)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $vector
  WHERE c.embedding_model = $model AND c.status IN $statuses AND c.make IN $makes
  LIMIT $near
) SCORE AS score
RETURN c.id AS card, 2 * score - 1 AS score, true AS visible

// name: by_meaning_seen_make
// As by_meaning_seen, of one make or of several.
CYPHER 25
MATCH (c:FailureCard)
SEARCH c IN (
  VECTOR INDEX card_embedding_SIZE FOR $vector
  WHERE c.embedding_model = $model AND c.status IN $statuses AND c.visibility IN $places
    AND c.make IN $makes
  LIMIT $near
) SCORE AS score
RETURN c.id AS card, 2 * score - 1 AS score,
  c.visibility <> 'listed' OR EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
  OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) } AS visible

// name: by_words
// The index narrows by its scope words; the conditions after it hold whatever those words say.
CYPHER 5
CALL db.index.fulltext.queryNodes('card_words', $query, {limit: $limit}) YIELD node AS c, score
WHERE c.status IN $statuses
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
RETURN c.id AS card, score

// name: by_neighbours
// IX-4: one step further: the component that raises the code or shows the symptom, what its supplier
// also makes, and the causes of cards with the same code.
CALL () {
  UNWIND $keys AS key
  MATCH (:ErrorCode {key: key})-[:RAISED_BY]->(k:Component)
  RETURN k, 1.0 AS weight
  UNION ALL
  UNWIND $symptoms AS code
  MATCH (:Symptom {code: code})-[:SEEN_ON]->(k:Component)
  RETURN k, 1.0 AS weight
}
WITH k, sum(weight) AS weight
CALL (k, weight) {
  MATCH (k)<-[:AFFECTS]-(c:FailureCard)
  WHERE c.status IN $statuses
    AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
      EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
      OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
  RETURN c, k.id AS via, weight AS score LIMIT $cap
}
WITH c, sum(score) AS score, collect(via) AS via
WITH c, score, via, reduce(n = 0, fit IN $fits | n + CASE WHEN fit IN c.fits THEN 1 ELSE 0 END)
  AS level
WITH c.id AS card, via, score + 0.25 * level AS score, c.effectiveness AS effectiveness
ORDER BY score DESC, effectiveness DESC, card LIMIT $limit
RETURN card, score, via

// name: facts
// What ranking and explaining need, for all candidates at once.
MATCH (c:FailureCard)
WHERE c.id IN $ids
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
OPTIONAL MATCH (c)-[:AFFECTS]->(k:Component)
RETURN c.id AS id, c.version AS version, c.title AS title, c.symptom_text AS text,
  c.status AS status, c.source AS source, c.severity AS severity, c.error_codes AS codes,
  c.symptoms AS symptoms, c.causes AS causes, c.campaign AS campaign, c.models AS models,
  c.component AS component, k.name AS component_name,
  head([(k)-[:PART_OF*0..6]->(top:Component) WHERE NOT (top)-[:PART_OF]->() | top.id]) AS subsystem,
  reduce(n = 0, fit IN $fits | n + CASE WHEN fit IN c.fits THEN 1 ELSE 0 END) AS level,
  CASE WHEN c.embedding_model = $model
    THEN 2 * vector.similarity.cosine(c.embedding_SIZE, $like) - 1 END AS cosine,
  c{.times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
    .estimated_minutes, .last_used} AS usage

// name: recent
// What this garage was last shown or tried, the newest first.
MATCH (t:Ticket {garage_id: $garage_id})
WHERE t.opened_at IS NOT NULL
WITH t ORDER BY t.opened_at DESC LIMIT $tickets
MATCH (t)-[r:SHOWN|TRIED]->(c:FailureCard)
WHERE c.status IN $statuses
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
WITH c.id AS card, max(r.at) AS at, count(*) AS times
ORDER BY at DESC, times DESC, card LIMIT $limit
RETURN card, toFloat(times) AS score
