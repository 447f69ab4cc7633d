// name: load_makes
// Makes by their folded name.
UNWIND $rows AS row
MERGE (m:Make {key: row.make_key}) ON CREATE SET m.name = row.make

// name: load_vehicles
// One node for each model and model year; year 0 stands for every year.
UNWIND $rows AS row
MATCH (k:Make {key: row.make_key})
MERGE (m:VehicleModel {id: row.id})
SET m += row
MERGE (m)-[:MADE_BY]->(k)

// name: load_suppliers
// Suppliers are shared between makes.
UNWIND $rows AS row
MERGE (s:Supplier {id: row.id})
SET s += row
REMOVE s.awaits_review

// name: load_components
// Things that can fail.
UNWIND $rows AS row
MERGE (k:Component {id: row.id})
SET k += row
REMOVE k.awaits_review

// name: cut_components
// A component's place in the tree and its suppliers are as the last load says.
UNWIND $ids AS id
MATCH (:Component {id: id})-[r:PART_OF|SUPPLIED_BY]->()
DELETE r

// name: part_of
// The tree of components.
UNWIND $rows AS row
MATCH (k:Component {id: row.id})
MERGE (p:Component {id: row.part_of}) ON CREATE SET p.awaits_review = true
MERGE (k)-[:PART_OF]->(p)

// name: supplied_by
// Who makes it.
UNWIND $rows AS row
MATCH (k:Component {id: row.id})
MERGE (s:Supplier {id: row.supplier}) ON CREATE SET s.awaits_review = true
MERGE (k)-[:SUPPLIED_BY]->(s)

// name: load_symptoms
// What is noticed, with other ways of saying it.
UNWIND $rows AS row
MERGE (s:Symptom {code: row.code})
SET s.text = row.text, s.phrases = row.phrases
REMOVE s.awaits_review
WITH s, row
OPTIONAL MATCH (s)-[old:SEEN_ON]->()
DELETE old

// name: seen_on
// Where it is noticed.
UNWIND $rows AS row
MATCH (s:Symptom {code: row.code})
MERGE (k:Component {id: row.component}) ON CREATE SET k.awaits_review = true
MERGE (s)-[:SEEN_ON]->(k)

// name: load_codes
// Trouble codes by their scoped key.
UNWIND $rows AS row
MERGE (e:ErrorCode {key: row.key})
SET e += row.properties
REMOVE e.awaits_review
WITH e
OPTIONAL MATCH (e)-[old:RAISED_BY]->()
DELETE old

// name: raised_by
// Which component raises it.
UNWIND $rows AS row
MATCH (e:ErrorCode {key: row.key})
MERGE (k:Component {id: row.component}) ON CREATE SET k.awaits_review = true
MERGE (e)-[:RAISED_BY]->(k)

// name: load_parts
// Things on the shelf.
UNWIND $rows AS row
MERGE (p:Part {id: row.id})
SET p.name = row.name, p.hsn = row.hsn
REMOVE p.awaits_review

// name: cut_parts
// What a part is, fits and supersedes is as the last load says.
UNWIND $ids AS id
MATCH (:Part {id: id})-[r:IS_A|FITS|SUPERSEDES]->()
DELETE r

// name: is_a
// The component that a part is one of.
UNWIND $rows AS row
MATCH (p:Part {id: row.id})
MERGE (k:Component {id: row.component}) ON CREATE SET k.awaits_review = true
MERGE (p)-[:IS_A]->(k)

// name: fits
// The vehicles it fits, where the catalogue has them.
UNWIND $rows AS row
MATCH (p:Part {id: row.id})
MATCH (m:VehicleModel {id: row.model})
MERGE (p)-[:FITS]->(m)

// name: supersedes
// The part it takes the place of.
UNWIND $rows AS row
MATCH (p:Part {id: row.id})
MERGE (o:Part {id: row.supersedes}) ON CREATE SET o.awaits_review = true
MERGE (p)-[:SUPERSEDES]->(o)

// name: GIVE_SYMPTOMS
// With the component each is seen on.
WITH n{.code, .text, .phrases, component: head([(n)-[:SEEN_ON]->(k) | k.id])} AS entry ORDER BY n.code
RETURN collect(entry) AS found

// name: all_symptoms
// A page of symptoms by code.
MATCH (n:Symptom) WHERE n.code > $after AND n.text IS NOT NULL
WITH n ORDER BY n.code LIMIT $first
GIVE_SYMPTOMS

// name: some_symptoms
// Symptoms by code.
MATCH (n:Symptom) WHERE n.code IN $keys AND n.text IS NOT NULL
GIVE_SYMPTOMS

// name: GIVE_COMPONENTS
// With their place in the tree and their suppliers.
WITH n{.id, .name, part_of: head([(n)-[:PART_OF]->(k) | k.id]),
  suppliers: [(n)-[:SUPPLIED_BY]->(s) | s.id]} AS entry ORDER BY n.id
RETURN collect(entry) AS found

// name: all_components
// A page of components by id.
MATCH (n:Component) WHERE n.id > $after AND n.name IS NOT NULL
WITH n ORDER BY n.id LIMIT $first
GIVE_COMPONENTS

// name: some_components
// Components by id.
MATCH (n:Component) WHERE n.id IN $keys AND n.name IS NOT NULL
GIVE_COMPONENTS

// name: GIVE_CODES
// With the component that raises each.
WITH n{.code, .scope, .description, .illustrative,
  component: head([(n)-[:RAISED_BY]->(k) | k.id])} AS entry ORDER BY n.key
RETURN collect(entry) AS found

// name: all_codes
// A page of codes by key.
MATCH (n:ErrorCode) WHERE n.key > $after AND n.description IS NOT NULL
WITH n ORDER BY n.key LIMIT $first
GIVE_CODES

// name: some_codes
// Codes by key.
MATCH (n:ErrorCode) WHERE n.key IN $keys AND n.description IS NOT NULL
GIVE_CODES

// name: GIVE_PARTS
// With what each is, fits and supersedes.
WITH n{.id, .name, .hsn, component: head([(n)-[:IS_A]->(k) | k.id]),
  fits: [(n)-[:FITS]->(m) | m.id], supersedes: head([(n)-[:SUPERSEDES]->(o) | o.id])} AS entry ORDER BY n.id
RETURN collect(entry) AS found

// name: all_parts
// A page of parts by id.
MATCH (n:Part) WHERE n.id > $after AND n.name IS NOT NULL
WITH n ORDER BY n.id LIMIT $first
GIVE_PARTS

// name: some_parts
// Parts by id.
MATCH (n:Part) WHERE n.id IN $keys AND n.name IS NOT NULL
GIVE_PARTS

// name: GIVE_SUPPLIERS
// As they are.
WITH n{.id, .name, .country} AS entry ORDER BY n.id
RETURN collect(entry) AS found

// name: all_suppliers
// A page of suppliers by id.
MATCH (n:Supplier) WHERE n.id > $after AND n.name IS NOT NULL
WITH n ORDER BY n.id LIMIT $first
GIVE_SUPPLIERS

// name: some_suppliers
// Suppliers by id.
MATCH (n:Supplier) WHERE n.id IN $keys AND n.name IS NOT NULL
GIVE_SUPPLIERS

// name: GIVE_MODELS
// As they are.
WITH n{.make, .model, .variant, .year, .category} AS entry ORDER BY n.id
RETURN collect(entry) AS found

// name: all_models
// A page of models by id.
MATCH (n:VehicleModel) WHERE n.id > $after
WITH n ORDER BY n.id LIMIT $first
GIVE_MODELS

// name: some_models
// Models by id.
MATCH (n:VehicleModel) WHERE n.id IN $keys
GIVE_MODELS

// name: awaiting_review
// CA-5: what cards and reports named and the vocabulary does not know.
MATCH (n:Symptom|ErrorCode|Component|Part|Supplier)
WHERE n.awaits_review
RETURN labels(n)[0] AS kind, coalesce(n.code, n.id) AS name, n.key AS key
ORDER BY kind, name
