-- Who looked before the first link was there went past links that were still to come, and never saw
-- them. Alarms are looked for anew from the start then; the same alarm twice is one.
update alarm_position set n = 0 where n > coalesce((select max(n) from audit_link), 0);
