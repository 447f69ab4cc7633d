// What stays of deleted tickets and cards: one for each id, so that no id comes back.
CREATE CONSTRAINT deleted_ticket_id IF NOT EXISTS FOR (n:DeletedTicket) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT deleted_card_id IF NOT EXISTS FOR (n:DeletedCard) REQUIRE n.id IS UNIQUE;
