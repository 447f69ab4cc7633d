// Events that wait since before there was that order stand where their own moment puts them.
MATCH (e:Event) WHERE e.left_at IS NULL SET e.left_at = e.at;
