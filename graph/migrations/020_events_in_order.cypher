// Events in the order in which they were left, whatever the clocks of the writers say.
CREATE RANGE INDEX event_left IF NOT EXISTS FOR (n:Event) ON (n.left_at);
DROP INDEX event_order IF EXISTS;
