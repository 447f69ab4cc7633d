// Filling the analysts' copy. `Copied` and `copied_from` say, while it is filled, which node became which.

// name: begin
// Edges find their ends by it.
CREATE CONSTRAINT copied_from IF NOT EXISTS FOR (n:Copied) REQUIRE n.copied_from IS UNIQUE

// name: nodes
// A batch of one label.
UNWIND $rows AS row
CREATE (n:Copied:$($label))
SET n = row.values, n.copied_from = row.source
RETURN count(n) AS made

// name: edges
// A batch; both ends are there by then.
UNWIND $rows AS row
MATCH (a:Copied {copied_from: row.a})
MATCH (b:Copied {copied_from: row.b})
CREATE (a)-[r:$(row.kind)]->(b)
SET r = row.values
RETURN count(r) AS made

// name: end
// What served the filling alone is no part of the copy.
MATCH (n:Copied) CALL (n) { REMOVE n:Copied, n.copied_from } IN TRANSACTIONS OF 10000 ROWS

// name: forget
// It served the filling alone.
DROP CONSTRAINT copied_from IF EXISTS

// name: index_card
// Notebooks begin at a card.
CREATE RANGE INDEX card_id IF NOT EXISTS FOR (n:FailureCard) ON (n.id)

// name: index_ticket
// Or at a ticket.
CREATE RANGE INDEX ticket_id IF NOT EXISTS FOR (n:Ticket) ON (n.id)

// name: index_opened
// Or with the tickets of some months.
CREATE RANGE INDEX ticket_opened IF NOT EXISTS FOR (n:Ticket) ON (n.opened_at)

// name: index_revisit
// Which repairs did not hold.
CREATE RANGE INDEX ticket_revisit IF NOT EXISTS FOR (n:Ticket) ON (n.revisit_of)

// name: index_garage
// One garage beside another.
CREATE RANGE INDEX ticket_garage IF NOT EXISTS FOR (n:Ticket) ON (n.garage_id)

// name: index_component
// What a component suffers from.
CREATE RANGE INDEX component_id IF NOT EXISTS FOR (n:Component) ON (n.id)

// name: index_symptom
// What a symptom comes from.
CREATE RANGE INDEX symptom_code IF NOT EXISTS FOR (n:Symptom) ON (n.code)

// name: index_code
// What a code comes from.
CREATE RANGE INDEX code_key IF NOT EXISTS FOR (n:ErrorCode) ON (n.key)

// name: try
// Makes a node and takes it away: refused where the server is closed to writes.
CREATE (n:Copied {copied_from: 'try'}) DETACH DELETE n

// name: await
// A server that may not write does not start on an index that is not filled yet.
CALL db.awaitIndexes(3600)
