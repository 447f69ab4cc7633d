// What only repeats a ticket's report is as private as the ticket: until now all of its garage saw it.
MATCH (c:FailureCard)-[:FOUNDED_ON]->(t:Ticket)
WHERE c.id = 'fc_' + substring(t.id, 4) AND c.status IN ['draft', 'rejected', 'merged']
  AND c.visibility = 'garage:' + c.garage_id
SET c.visibility = 'ticket:' + c.garage_id;
