// What analysts get of the graph, property by property: what is not named here is not copied. No text of
// a report, no name of a person or garage, no place on the map; people and vehicles get other ids on the
// way (`graph.analyst_copy`). Of cards those that everybody may see, and of causes and steps those of such
// cards. `node_X` gives the nodes of a label, `edges` every relationship between what is copied.

// name: node_Make
// Who makes vehicles.
MATCH (n:Make) RETURN elementId(n) AS source, n{.key, .name} AS values

// name: node_VehicleModel
// Models and years, as reports name them.
MATCH (n:VehicleModel)
RETURN elementId(n) AS source, n{.id, .make, .model, .variant, .year, .category} AS values

// name: node_Vehicle
// What was repaired, without plate, VIN and owner; its id is another in the copy.
MATCH (n:Vehicle) RETURN elementId(n) AS source, n{.id, .firmware, .odometer_km, .battery_cycles} AS values

// name: node_Supplier
// Who makes parts: failures of one supplier cross makes.
MATCH (n:Supplier) RETURN elementId(n) AS source, n{.id, .name, .country} AS values

// name: node_Component
// What fails.
MATCH (n:Component) RETURN elementId(n) AS source, n{.id, .name} AS values

// name: node_Symptom
// What riders see.
MATCH (n:Symptom) RETURN elementId(n) AS source, n{.code, .text} AS values

// name: node_ErrorCode
// What a vehicle says itself.
MATCH (n:ErrorCode)
RETURN elementId(n) AS source, n{.key, .code, .scope, .description, .illustrative} AS values

// name: node_Part
// What a repair takes.
MATCH (n:Part) RETURN elementId(n) AS source, n{.id, .name, .hsn} AS values

// name: node_Region
// Where garages are, as near as may be told.
MATCH (n:Region) RETURN elementId(n) AS source, n{.name} AS values

// name: node_Garage
// Neither its name, which may be its owner's, nor its place.
MATCH (n:Garage) RETURN elementId(n) AS source, n{.id, .region} AS values

// name: node_Technician
// How far somebody is certified, without who they are.
MATCH (n:Technician) RETURN elementId(n) AS source, n{.id, .certification, .skills, .garage_id} AS values

// name: node_FailureCard
// Cards that everybody may see; what is withheld is not in the copy.
MATCH (n:FailureCard) WHERE n.visibility = 'all'
RETURN elementId(n) AS source, n{.id, .version, .status, .source, .title, .make, .category, .campaign,
  .garage_id, .created_at, .updated_at, .component, .failure_mode, .severity, .occurrence, .confidence,
  .solution_type, .high_voltage, .models, .times_matched, .times_used, .successes, .failures,
  .actual_minutes, .estimated_minutes, .last_used, .effectiveness, .reputation, .recheck} AS values

// name: node_Cause
// Causes that a card of everybody names.
MATCH (n:Cause) WHERE EXISTS { (:FailureCard {visibility: 'all'})-[:CAUSED_BY]->(n) }
RETURN elementId(n) AS source, n{.key, .text} AS values

// name: node_Step
// Steps that a card of everybody has.
MATCH (n:Step) WHERE EXISTS { (:FailureCard {visibility: 'all'})-[:HAS_STEP]->(n) }
RETURN elementId(n) AS source, n{.action, .minutes, .tools, .safety} AS values

// name: node_Ticket
// When what was repaired, without words that somebody typed.
MATCH (n:Ticket)
RETURN elementId(n) AS source, n{.id, .status, .matching, .garage_id, .card_id, .revisit_of, .opened_at,
  .resolved_at, .closed_at} AS values

// name: edges
// A vector of reasons and a sentence stand on SHOWN; they are not copied.
MATCH (a)-[r:SHOWS|REPORTS|AFFECTS|CAUSED_BY|APPLIES_TO|USES|HAS_STEP|CITES|MERGED_INTO|FOUNDED_ON|AUTHORED_BY|VERIFIED_BY|DISCOVERED_AT|SEEN_ON|RAISED_BY|PART_OF|SUPPLIED_BY|IS_A|FITS|SUPERSEDES|MADE_BY|LIES_IN|WORKS_AT|OF_MODEL|ON|RAISED_AT|ASSIGNED_TO|SHOWN|TRIED]->(b)
RETURN elementId(a) AS a, elementId(b) AS b, type(r) AS kind,
  r{.rank, .firmware, .quantity, .n, .at, .confidence, .score, .ranker, .standing, .chance, .worked,
    .minutes, .parts} AS values
