// Failure cards about $component
// :param component => '…'   (Component.name)
MATCH path = (c:FailureCard)-[:AFFECTS]->(k:Component {name: $component})
RETURN path LIMIT 100;

// Failure cards that list code $code
// :param code => '…'   (ErrorCode.code)
MATCH path = (c:FailureCard)-[:REPORTS]->(e:ErrorCode {code: $code})
RETURN path LIMIT 100;

// Failure cards that show “$symptom”
// :param symptom => '…'   (Symptom.text)
MATCH path = (c:FailureCard)-[:SHOWS]->(s:Symptom {text: $symptom})
RETURN path LIMIT 100;

// What fails on $make
// :param make => '…'   (Make.name)
MATCH path = (m:Make {name: $make})<-[:MADE_BY]-(:VehicleModel)<-[:APPLIES_TO]-(c:FailureCard)
RETURN path LIMIT 200;

// What fails on the model $model
// :param model => '…'   (VehicleModel.model)
MATCH path = (m:VehicleModel {model: $model})<-[:APPLIES_TO]-(:FailureCard)-[:AFFECTS]->(:Component)
RETURN path LIMIT 200;

// Everything around the card “$card”
// :param card => '…'   (FailureCard.title)
MATCH path = (c:FailureCard {title: $card})
  -[:SHOWS|REPORTS|AFFECTS|CAUSED_BY|APPLIES_TO|USES|READS|CITES|DISCOVERED_AT]->()
RETURN path LIMIT 200;

// The steps and parts of “$card”
// :param card => '…'   (FailureCard.title)
MATCH path = (c:FailureCard {title: $card})-[:HAS_STEP|USES]->()
RETURN path LIMIT 100;

// Cards that share a cause with “$card”
// :param card => '…'   (FailureCard.title)
MATCH path = (c:FailureCard {title: $card})-[:CAUSED_BY]->(:Cause)<-[:CAUSED_BY]-(other:FailureCard)
RETURN path LIMIT 100;

// Cards that look like “$card” from outside
// :param card => '…'   (FailureCard.title)
MATCH path = (c:FailureCard {title: $card})-[:SHOWS|REPORTS]->()<-[:SHOWS|REPORTS]-(other:FailureCard)
RETURN path LIMIT 100;

// Who supplies $component
// :param component => '…'   (Component.name)
MATCH path = (k:Component {name: $component})-[:SUPPLIED_BY]->(s:Supplier)
RETURN path LIMIT 100;

// What fails that $supplier makes
// :param supplier => '…'   (Supplier.name)
MATCH path = (s:Supplier {name: $supplier})<-[:SUPPLIED_BY]-(:Component)<-[:AFFECTS]-(c:FailureCard)
RETURN path LIMIT 200;

// Which makes share parts of $supplier
// :param supplier => '…'   (Supplier.name)
MATCH path = (s:Supplier {name: $supplier})<-[:SUPPLIED_BY]-(:Component)<-[:AFFECTS]-(:FailureCard)
  -[:APPLIES_TO]->(:VehicleModel)-[:MADE_BY]->(:Make)
RETURN path LIMIT 200;

// Codes and symptoms of $component
// :param component => '…'   (Component.name)
MATCH path = (k:Component {name: $component})<-[:RAISED_BY|SEEN_ON]-()
RETURN path LIMIT 100;

// What $component consists of
// :param component => '…'   (Component.name)
MATCH path = (k:Component {name: $component})<-[:PART_OF*1..3]-(:Component)
RETURN path LIMIT 200;

// Parts for $component
// :param component => '…'   (Component.name)
MATCH path = (k:Component {name: $component})<-[:IS_A]-(:Part)
RETURN path LIMIT 100;

// Fixes that did not hold
MATCH path = (c:FailureCard)<-[:TRIED {worked: false}]-(:Ticket)
RETURN path LIMIT 200;

// Repairs that tried “$card”
// :param card => '…'   (FailureCard.title)
MATCH path = (c:FailureCard {title: $card})<-[:TRIED]-(:Ticket)
RETURN path LIMIT 200;

// Cards suggested and not followed
MATCH path = (c:FailureCard)<-[:SHOWN]-(t:Ticket)
WHERE NOT EXISTS { (t)-[:TRIED]->(c) }
RETURN path LIMIT 200;

// Where “$card” was tried
// :param card => '…'   (FailureCard.title)
MATCH path = (c:FailureCard {title: $card})<-[:TRIED]-(:Ticket)-[:RAISED_AT]->(:Garage)
RETURN path LIMIT 200;
