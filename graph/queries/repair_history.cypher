// name: closed_page
// TD-1: repairs that ended in [since, until), a page in the order of the index, those behind `after`.
// `came_back`: a revisit names it, among the tickets that were opened before `known`.
MATCH (t:Ticket) USING INDEX SEEK t:Ticket(closed_at)
WHERE t.closed_at >= $since AND t.closed_at < $until AND (t.closed_at > $since OR t.id > $after)
WITH t ORDER BY t.closed_at, t.id LIMIT $first
OPTIONAL MATCH (later:Ticket {revisit_of: t.id}) WHERE later.opened_at < $known
WITH t, count(later) > 0 AS came_back
OPTIONAL MATCH (t)-[s:SHOWN]->(c:FailureCard)
WITH t, came_back, s, c ORDER BY t.closed_at, t.id, s.rank
WITH t, came_back, [row IN collect(s{.rank, .score, .ranker, .at, card: c.id}) WHERE row.card IS NOT NULL] AS shown
ORDER BY t.closed_at, t.id
RETURN collect({body: t.body, came_back: came_back, shown: shown,
  region: head([(t)-[:RAISED_AT]->(g:Garage) | g.region])}) AS found

// name: components
// What the cards of a page name as failing: it tells what a repair that followed one mended.
MATCH (c:FailureCard) WHERE c.id IN $cards
RETURN collect({card: c.id, component: c.component}) AS found

// name: card_page
// Cards that people have vouched for, or once had, by their ids, those behind `after`.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id > $after AND c.status IN $statuses
WITH c ORDER BY c.id LIMIT $first
MATCH (v:CardVersion {card: c.id, n: c.version}) USING INDEX SEEK v:CardVersion(card, n)
WITH c, v ORDER BY c.id
RETURN collect(v{.body}) AS found
