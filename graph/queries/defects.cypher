// name: cards_of_defects
// For each alarm the cards for what its cohort suffers from: those that were tried on its repairs, and those
// that name the component and fit the make; the most used there first. Narrowed to what the viewer may see.
UNWIND $defects AS d
CALL (d) {
  CALL (d) {
    MATCH (t:Ticket) USING INDEX SEEK t:Ticket(id)
    WHERE t.id IN d.tickets
    MATCH (t)-[tried:TRIED]->(c:FailureCard)
    RETURN c, count(tried) AS uses, sum(CASE WHEN tried.worked THEN 1 ELSE 0 END) AS worked
    UNION ALL
    MATCH (k:Component {id: d.component}) USING INDEX SEEK k:Component(id)
    MATCH (k)<-[:AFFECTS]-(c:Findable)
    WHERE d.make IN c.fits OR size(c.fits) = 0
    WITH c LIMIT $cap
    RETURN c, 0 AS uses, 0 AS worked
  }
  WITH c, sum(uses) AS uses, sum(worked) AS worked
  WHERE c:Findable AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))
  WITH c, uses, worked, c.effectiveness AS effectiveness
  ORDER BY worked DESC, uses DESC, effectiveness DESC, c.id LIMIT $limit
  RETURN collect({card: c.id, uses: uses, worked: worked}) AS cards
}
RETURN collect({defect: d.id, cards: cards}) AS found
