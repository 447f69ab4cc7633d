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

// name: follow
// What somebody works on and where, as a version of theirs in the records says; an earlier one that comes
// late, or the same one again, changes nothing. What they know well stays. The lock is taken before it is looked.
MERGE (p:Technician {id: $id})
SET p.person_version = coalesce(p.person_version, 0)
WITH p WHERE p.person_version < $version
SET p.person_version = $version, p.certification = $certification, p.garage_id = $garage,
  p.skills = coalesce(p.skills, [])
WITH p
OPTIONAL MATCH (p)-[old:WORKS_AT]->(:Garage)
DELETE old
WITH DISTINCT p
MERGE (g:Garage {id: $garage})
MERGE (p)-[:WORKS_AT]->(g)

// name: dismiss
// By a version of theirs somebody is given no work any more; what is in their hands stays there.
MATCH (p:Technician {id: $id})
SET p.person_version = coalesce(p.person_version, 0)
WITH p WHERE p.person_version < $version
SET p.person_version = $version
REMOVE p.certification
WITH p
MATCH (p)-[old:WORKS_AT]->(:Garage)
DELETE old

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
