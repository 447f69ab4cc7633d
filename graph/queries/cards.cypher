// Every query of this file ends its MATCH with the visibility condition: a card that is limited to
// other places is not there, and one that only repeats a ticket is there with its ticket. The hints keep each plan on its index whatever the statistics said when it
// was made: a plan of an empty graph would outlive its first thousand cards.

// name: get
// Cards as they are now: which version stands, and its counters; `bodies` reads what it says.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
RETURN collect(c{.id, .version, .times_matched, .times_used, .successes, .failures, .ratings,
    .actual_minutes, .estimated_minutes, .last_used, .reputation, .recheck}) AS found

// name: bodies
// What these versions say, for cards of which the caller was found to see them.
UNWIND $wanted AS one
MATCH (v:CardVersion {card: one.card, n: one.n}) USING INDEX SEEK v:CardVersion(card, n)
RETURN collect(v{.card, .n, .body}) AS found

// name: unembedded
// Cards whose words wait for a vector: the label is kept by the writes, so nothing is searched for.
MATCH (c:Unembedded)
WITH c LIMIT $limit
MATCH (v:CardVersion {card: c.id, n: c.version}) USING INDEX SEEK v:CardVersion(card, n)
WITH v.body AS body, c{.times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
    .estimated_minutes, .last_used, .reputation, .recheck} AS usage
RETURN collect({body: body, usage: usage}) AS found

// name: version
// CA-31: a version as it was; whether it was for these eyes then, its body says.
MATCH (c:FailureCard {id: $id}) USING INDEX SEEK c:FailureCard(id)
WHERE ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
MATCH (v:CardVersion {card: c.id, n: $n}) USING INDEX SEEK v:CardVersion(card, n)
WITH v.body AS body, c{.times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
    .estimated_minutes, .last_used, .reputation, .recheck} AS usage,
    EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) } AS on_bench
RETURN collect({body: body, usage: usage, on_bench: on_bench}) AS found

// name: versions
// CA-31: who wrote which version when, the newest first; each body says for whose eyes it was.
MATCH (c:FailureCard {id: $id}) USING INDEX SEEK c:FailureCard(id)
WHERE ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
MATCH (c)-[:HAD]->(v:CardVersion)
WITH v, EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) } AS on_bench ORDER BY v.n DESC
RETURN collect(v{.n, .by, .at, .body, on_bench: on_bench}) AS found

// name: count_all
// The count store's number, for whoever sees everything.
MATCH (c:FailureCard) RETURN count(c) AS cards

// name: count
// How many cards there are for these eyes.
MATCH (c:FailureCard)
WHERE ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
RETURN count(c) AS cards

// name: near
// RA-4: cards found within a distance in metres, the nearest first.
MATCH (c:FailureCard) USING POINT INDEX SEEK c:FailureCard(origin)
WHERE point.distance(c.origin, point({latitude: $lat, longitude: $lon})) <= $metres
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
WITH c, point.distance(c.origin, point({latitude: $lat, longitude: $lon})) AS metres
ORDER BY metres, c.id LIMIT $limit
MATCH (v:CardVersion {card: c.id, n: c.version}) USING INDEX SEEK v:CardVersion(card, n)
WITH v.body AS body, c{.times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
    .estimated_minutes, .last_used, .reputation, .recheck} AS usage
  ORDER BY metres, c.id
RETURN collect({body: body, usage: usage}) AS found

// name: best
// IX-7: the most effective cards, the more used of two equals first; the index is read backwards.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(effectiveness, times_used)
WHERE c.effectiveness >= $least AND c.times_used >= 0
WITH c WHERE c.status IN $statuses
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
WITH c ORDER BY c.effectiveness DESC, c.times_used DESC LIMIT $limit
MATCH (v:CardVersion {card: c.id, n: c.version}) USING INDEX SEEK v:CardVersion(card, n)
WITH v.body AS body, c{.times_matched, .times_used, .successes, .failures, .ratings, .actual_minutes,
    .estimated_minutes, .last_used, .reputation, .recheck} AS usage
  ORDER BY c.effectiveness DESC, c.times_used DESC, c.id
RETURN collect({body: body, usage: usage}) AS found

// name: severities
// How bad each failure is, to send the worst first; it says nothing else of a card.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id IN $ids
RETURN collect(c{.id, level: c.severity_level}) AS found

// name: evidence_keys
// The files that cards show, whoever may see them: for whoever looks whether they are there.
MATCH (e:Evidence) WHERE e.key STARTS WITH $prefix
RETURN collect(DISTINCT e.key) AS found

// name: buried
// Deleted cards with what each said last: it tells who could see it.
MATCH (c:DeletedCard) USING INDEX SEEK c:DeletedCard(id)
WHERE c.id IN $ids
MATCH (v:CardVersion {card: c.id, n: c.version - 1}) USING INDEX SEEK v:CardVersion(card, n)
RETURN collect({tombstone: c{.*}, body: v.body}) AS found

// name: earlier
// Every version of these cards, to tell whether somebody saw one of them before.
MATCH (v:CardVersion) USING INDEX SEEK v:CardVersion(card, n)
WHERE v.card IN $ids AND v.n >= 1
RETURN collect({body: v.body}) AS found

// name: since
// A card's versions from one on, oldest first, whoever asks: what later edits are merged over.
MATCH (v:CardVersion) USING INDEX SEEK v:CardVersion(card, n)
WHERE v.card = $id AND v.n >= $n
WITH v ORDER BY v.n
RETURN collect({body: v.body}) AS found

// name: record_of
// How the cards that somebody wrote fared.
MATCH (:Technician {id: $author})<-[:AUTHORED_BY]-(c:FailureCard)
RETURN collect({successes: c.successes, failures: c.failures}) AS found
