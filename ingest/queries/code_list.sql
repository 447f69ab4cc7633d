-- Every English definition, in the list's own order.
SELECT rowid, code, manufacturer, description FROM dtc_definitions WHERE locale = 'en' ORDER BY rowid
