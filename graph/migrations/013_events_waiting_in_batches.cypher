// batched
// What 021 does in one transaction, which a graph with a million waiting events has no memory for:
// done here ten thousand at a time, so that 021 finds none left.
MATCH (e:Event) WHERE e.left_at IS NULL
CALL (e) { SET e.left_at = e.at } IN TRANSACTIONS OF 10000 ROWS;
