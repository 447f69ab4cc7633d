// name: synthetic_tickets
// What simulated garages reported, a page of it: to be taken out.
MATCH (g:Garage) WHERE g.id STARTS WITH $mark
MATCH (t:Ticket)-[:RAISED_AT]->(g)
WITH t LIMIT $first
RETURN collect({id: t.id, version: t.version, published: false}) AS found

// name: synthetic_cards
// What simulated garages wrote, a page of it.
MATCH (g:Garage) WHERE g.id STARTS WITH $mark
MATCH (c:FailureCard)-[:DISCOVERED_AT]->(g)
WITH c LIMIT $first
RETURN collect({id: c.id, version: c.version, published: c.status IN $published}) AS found

// name: forget_rest
// Vehicles and people of simulated garages, and the garages, once nothing of theirs is left.
MATCH (g:Garage) WHERE g.id STARTS WITH $mark AND NOT EXISTS { (:Ticket)-[:RAISED_AT]->(g) }
  AND NOT EXISTS { (:FailureCard)-[:DISCOVERED_AT]->(g) }
OPTIONAL MATCH (p:Technician)-[:WORKS_AT]->(g)
DETACH DELETE p, g

// name: forget_vehicles
// Vehicles that only simulated tickets named.
MATCH (v:Vehicle) WHERE v.id STARTS WITH $mark AND NOT EXISTS { (:Ticket)-[:ON]->(v) }
DETACH DELETE v
