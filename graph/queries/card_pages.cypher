// A page is one `from_`, any `where_`s, and `to_page`. Ids sort by time, so a page is a range of ids.
// Each WITH DISTINCT keeps the planner from starting at the ids, which every card has.

// name: from_all
// Nothing telling is asked for: read the ids in their order.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id)
WHERE c.id > $after

// name: from_origin
// DB-1: what one garage found in a span of time; no other garage's cards are touched.
MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(garage_id, created_at)
WHERE c.garage_id = $origin.garage
  AND c.created_at >= $origin.since AND c.created_at < $origin.until AND c.id > $after

// name: from_symptom
// IX-3: from the symptom to its cards.
MATCH (s:Symptom {code: $symptom}) USING INDEX SEEK s:Symptom(code)
MATCH (s)<-[:SHOWS]-(c)
WITH DISTINCT c WHERE c:FailureCard AND c.id > $after

// name: from_code
// From the error code to its cards.
MATCH (e:ErrorCode {key: $code}) USING INDEX SEEK e:ErrorCode(key)
MATCH (e)<-[:REPORTS]-(c)
WITH DISTINCT c WHERE c:FailureCard AND c.id > $after

// name: from_model
// IX-2: from the model, of every year, to its cards.
MATCH (m:VehicleModel) USING INDEX SEEK m:VehicleModel(make_key, model_key, year)
WHERE m.make_key = $model.make AND m.model_key = $model.model AND m.year >= 0
MATCH (m)<-[:APPLIES_TO]-(c)
WITH DISTINCT c WHERE c.id > $after

// name: from_vehicle
// IX-2: from the model of one year, and of every year, to its cards.
MATCH (m:VehicleModel) USING INDEX SEEK m:VehicleModel(make_key, model_key, year)
WHERE m.make_key = $vehicle.make AND m.model_key = $vehicle.model AND m.year IN $vehicle.years
MATCH (m)<-[:APPLIES_TO]-(c)
WITH DISTINCT c WHERE c.id > $after

// name: from_component
// IX-4: from the component, or any component under it, to its cards.
MATCH (top:Component {id: $component}) USING INDEX SEEK top:Component(id)
MATCH (top)<-[:PART_OF*0..6]-(k)
WITH DISTINCT k
MATCH (k)<-[:AFFECTS]-(c)
WITH DISTINCT c WHERE c.id > $after

// name: from_reading
// CA-15: from the measured values above a bound to their cards.
MATCH (r:Reading) USING INDEX SEEK r:Reading(name, value)
WHERE r.name = $reading.name AND r.value > $reading.above
MATCH (r)<-[:READS]-(c)
WITH DISTINCT c WHERE c.id > $after

// name: where_origin
// Found in this garage in that span of time.
c.garage_id = $origin.garage AND c.created_at >= $origin.since AND c.created_at < $origin.until

// name: where_status
// Of one state.
c.status = $status

// name: where_make
// Seen on this make, whatever else it was seen on.
$make IN c.fits

// name: where_model
// Seen on this model.
$model.fit IN c.fits

// name: where_vehicle
// Seen on this model, in this year or in every year.
EXISTS { (c)-[:APPLIES_TO]->(m:VehicleModel) WHERE m.make_key = $vehicle.make
    AND m.model_key = $vehicle.model AND m.year IN $vehicle.years }

// name: where_category
// CA-28: for this kind of vehicle.
c.category = $category

// name: where_symptom
// Showing this symptom.
$symptom IN c.symptoms

// name: where_code
// Reporting this code.
$code IN c.error_codes

// name: where_component
// In this component or under it.
EXISTS { (c)-[:AFFECTS]->(:Component)-[:PART_OF*0..6]->(:Component {id: $component}) }

// name: to_page
// Narrowed to the viewer and cut: which version stands, and its counters; `bodies` reads what it says.
  AND ($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) }))
    OR (c.visibility = $repeating AND EXISTS { (c)-[:FOUNDED_ON]->(:Ticket {assignee_id: $bench}) }))
WITH DISTINCT c, c.id AS id ORDER BY id LIMIT $first
WITH c ORDER BY id
RETURN collect(c{.id, .version, .times_matched, .times_used, .successes, .failures, .ratings,
    .actual_minutes, .estimated_minutes, .last_used, .reputation, .recheck}) AS found
