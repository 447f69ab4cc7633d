// Repairs by the time they ended, for learning; and whether a vehicle came back after one.
CREATE RANGE INDEX ticket_closed IF NOT EXISTS FOR (n:Ticket) ON (n.closed_at);
CREATE RANGE INDEX ticket_revisit IF NOT EXISTS FOR (n:Ticket) ON (n.revisit_of);
