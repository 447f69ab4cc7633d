// What an engineer can type into Bloom's search: each phrase with what it asks. `param` lines name a
// value, its type, and the label and property that suggest it. Every answer is bounded.

// name: cards_about
// text: Failure cards about $component
// param: component String Component name
MATCH path = (c:FailureCard)-[:AFFECTS]->(k:Component {name: $component})
RETURN path LIMIT 100

// name: cards_with_code
// text: Failure cards that list code $code
// param: code String ErrorCode code
MATCH path = (c:FailureCard)-[:REPORTS]->(e:ErrorCode {code: $code})
RETURN path LIMIT 100

// name: cards_with_symptom
// text: Failure cards that show “$symptom”
// param: symptom String Symptom text
MATCH path = (c:FailureCard)-[:SHOWS]->(s:Symptom {text: $symptom})
RETURN path LIMIT 100

// name: cards_of_make
// text: What fails on $make
// param: make String Make name
MATCH path = (m:Make {name: $make})<-[:MADE_BY]-(:VehicleModel)<-[:APPLIES_TO]-(c:FailureCard)
RETURN path LIMIT 200

// name: cards_of_model
// text: What fails on the model $model
// param: model String VehicleModel model
MATCH path = (m:VehicleModel {model: $model})<-[:APPLIES_TO]-(:FailureCard)-[:AFFECTS]->(:Component)
RETURN path LIMIT 200

// name: around_card
// text: Everything around the card “$card”
// param: card String FailureCard title
MATCH path = (c:FailureCard {title: $card})
  -[:SHOWS|REPORTS|AFFECTS|CAUSED_BY|APPLIES_TO|USES|READS|CITES|DISCOVERED_AT]->()
RETURN path LIMIT 200

// name: steps_of_card
// text: The steps and parts of “$card”
// param: card String FailureCard title
MATCH path = (c:FailureCard {title: $card})-[:HAS_STEP|USES]->()
RETURN path LIMIT 100

// name: same_cause
// text: Cards that share a cause with “$card”
// param: card String FailureCard title
MATCH path = (c:FailureCard {title: $card})-[:CAUSED_BY]->(:Cause)<-[:CAUSED_BY]-(other:FailureCard)
RETURN path LIMIT 100

// name: same_signs
// text: Cards that look like “$card” from outside
// param: card String FailureCard title
MATCH path = (c:FailureCard {title: $card})-[:SHOWS|REPORTS]->()<-[:SHOWS|REPORTS]-(other:FailureCard)
RETURN path LIMIT 100

// name: supplier_of
// text: Who supplies $component
// param: component String Component name
MATCH path = (k:Component {name: $component})-[:SUPPLIED_BY]->(s:Supplier)
RETURN path LIMIT 100

// name: fails_of_supplier
// text: What fails that $supplier makes
// param: supplier String Supplier name
MATCH path = (s:Supplier {name: $supplier})<-[:SUPPLIED_BY]-(:Component)<-[:AFFECTS]-(c:FailureCard)
RETURN path LIMIT 200

// name: makes_of_supplier
// text: Which makes share parts of $supplier
// param: supplier String Supplier name
MATCH path = (s:Supplier {name: $supplier})<-[:SUPPLIED_BY]-(:Component)<-[:AFFECTS]-(:FailureCard)
  -[:APPLIES_TO]->(:VehicleModel)-[:MADE_BY]->(:Make)
RETURN path LIMIT 200

// name: codes_of
// text: Codes and symptoms of $component
// param: component String Component name
MATCH path = (k:Component {name: $component})<-[:RAISED_BY|SEEN_ON]-()
RETURN path LIMIT 100

// name: tree_of
// text: What $component consists of
// param: component String Component name
MATCH path = (k:Component {name: $component})<-[:PART_OF*1..3]-(:Component)
RETURN path LIMIT 200

// name: parts_for
// text: Parts for $component
// param: component String Component name
MATCH path = (k:Component {name: $component})<-[:IS_A]-(:Part)
RETURN path LIMIT 100

// name: not_held
// text: Fixes that did not hold
MATCH path = (c:FailureCard)<-[:TRIED {worked: false}]-(:Ticket)
RETURN path LIMIT 200

// name: tried_for
// text: Repairs that tried “$card”
// param: card String FailureCard title
MATCH path = (c:FailureCard {title: $card})<-[:TRIED]-(:Ticket)
RETURN path LIMIT 200

// name: suggested_in_vain
// text: Cards suggested and not followed
MATCH path = (c:FailureCard)<-[:SHOWN]-(t:Ticket)
WHERE NOT EXISTS { (t)-[:TRIED]->(c) }
RETURN path LIMIT 200

// name: travelled
// text: Where “$card” was tried
// param: card String FailureCard title
MATCH path = (c:FailureCard {title: $card})<-[:TRIED]-(:Ticket)-[:RAISED_AT]->(:Garage)
RETURN path LIMIT 200
