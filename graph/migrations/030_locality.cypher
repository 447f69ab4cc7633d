// A garage's cards by when they were written: the key that keeps what is a garage's own together. Its
// tickets have theirs since 002 (ticket_garage).
CREATE RANGE INDEX card_garage IF NOT EXISTS FOR (n:FailureCard) ON (n.garage_id, n.created_at);
