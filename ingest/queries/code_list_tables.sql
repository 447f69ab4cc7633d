-- The tables of a list that is not the one we know, with their columns, the largest names last.
SELECT t.name, c.name FROM sqlite_master AS t, pragma_table_info(t.name) AS c
WHERE t.type IN ('table', 'view') ORDER BY t.type, t.name, c.cid
