// What stands around a thing of the knowledge graph. Tickets, people and garages are never walked over:
// what is seen of a card is seen under the same condition as in `cards.cypher`.

// name: VISIBLE
($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))

// name: DESCRIBED
{element: elementId(n), kind: [l IN labels(n) WHERE l IN $kinds][0],
  key: coalesce(n.id, n.key, n.code),
  caption: CASE WHEN n:VehicleModel
    THEN reduce(t = '', w IN [n.make, n.model, n.variant, CASE n.year WHEN 0 THEN NULL ELSE toString(n.year) END] |
      t + CASE WHEN w IS NULL THEN '' WHEN t = '' THEN w ELSE ' ' + w END)
    ELSE coalesce(n.title, n.text, n.name, n.code) END}

// name: card
// The card that one starts from.
MATCH (n:FailureCard {id: $key})
WITH n, n AS c WHERE VISIBLE
RETURN collect(DESCRIBED) AS found

// name: cause
// A cause is known by its cards: to whoever sees none of them it is not there.
MATCH (n:Cause {key: $key})
WHERE EXISTS { MATCH (c:FailureCard)-[:CAUSED_BY]->(n) WHERE VISIBLE }
RETURN collect(DESCRIBED) AS found

// name: word
// A thing of the vocabulary, which everybody sees: one of these has the key.
CALL () {
  MATCH (n:Symptom {code: $key}) WHERE $kind = 'Symptom' RETURN n
  UNION MATCH (n:ErrorCode {key: $key}) WHERE $kind = 'ErrorCode' RETURN n
  UNION MATCH (n:Component {id: $key}) WHERE $kind = 'Component' RETURN n
  UNION MATCH (n:Supplier {id: $key}) WHERE $kind = 'Supplier' RETURN n
  UNION MATCH (n:Part {id: $key}) WHERE $kind = 'Part' RETURN n
  UNION MATCH (n:VehicleModel {id: $key}) WHERE $kind = 'VehicleModel' RETURN n
  UNION MATCH (n:Make {key: $key}) WHERE $kind = 'Make' RETURN n
}
RETURN collect(DESCRIBED) AS found

// name: step
// One step from these things: each thing's links in turn, so that one with very many does not take all
// the places; a card that is hidden is passed over before it counts.
MATCH (from) WHERE elementId(from) IN $from
CALL (from) {
  MATCH (from)-[link:SHOWS|REPORTS|AFFECTS|CAUSED_BY|APPLIES_TO|USES|CITES|MERGED_INTO|SEEN_ON|RAISED_BY|PART_OF|SUPPLIED_BY|IS_A|FITS|SUPERSEDES|MADE_BY]-(n)
  WHERE any(l IN labels(n) WHERE l IN $kinds)
  OPTIONAL MATCH (c:FailureCard) WHERE c = n
  WITH link, n, c WHERE c IS NULL OR VISIBLE
  RETURN link, n LIMIT $each
}
WITH from, link, n LIMIT $most
RETURN collect({thing: DESCRIBED, source: elementId(startNode(link)), target: elementId(endNode(link)),
  says: type(link)}) AS found
