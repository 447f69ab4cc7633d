// name: register
// Where somebody works now, and what they may do there.
MERGE (p:Technician {id: $id})
SET p.certification = $certification, p.skills = $skills, p.garage_id = $garage
WITH p
OPTIONAL MATCH (p)-[old:WORKS_AT]->(:Garage)
DELETE old
WITH DISTINCT p
MERGE (g:Garage {id: $garage})
MERGE (p)-[:WORKS_AT]->(g)

// name: technician
// One that was registered: whoever only wrote a card or a ticket has no certification.
MATCH (p:Technician {id: $id})
WHERE p.certification IS NOT NULL
RETURN collect(p{.id, .garage_id, .certification, .skills}) AS found

// name: technicians
// Those of one garage.
MATCH (p:Technician)
WHERE p.garage_id = $garage AND p.certification IS NOT NULL
WITH p ORDER BY p.id
RETURN collect(p{.id, .garage_id, .certification, .skills}) AS found

// name: candidates
// Those of a ticket's garage: whether they know what it shows, and what else is in their hands.
MATCH (t:Ticket {id: $ticket})
OPTIONAL MATCH (t)-[:SHOWS]->(:Symptom)-[:SEEN_ON]->(:Component)-[:PART_OF*0..]->(c:Component)
WITH t, collect(DISTINCT c.id) AS shown
MATCH (p:Technician)
WHERE p.garage_id = t.garage_id AND p.certification IS NOT NULL
OPTIONAL MATCH (p)<-[:ASSIGNED_TO]-(held:Ticket)
WHERE held.status IN $busy AND held.id <> t.id
WITH p, shown, count(held) AS load
RETURN collect(p{.id, .garage_id, .certification, .skills, load: load,
  skilled: any(skill IN p.skills WHERE skill IN shown)}) AS found
