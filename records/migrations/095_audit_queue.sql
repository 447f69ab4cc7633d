-- Whoever may add to the queue of the audit cannot stop it: what cannot be linked does not come in.
alter table audit_waiting add constraint audit_waiting_source check (source in ('deed', 'money'));
alter table audit_waiting add constraint audit_waiting_key check (length(key) between 1 and 200);

-- How many sign-ins failed and exports were made by one subject is counted for each such deed: a
-- flood of them is counted over the subject's own, and not over everybody's.
create index deed_alarm_subject on deed ((coalesce(user_id, ip_address, 'nobody known')), timestamp)
where event_type in ('user.login', 'report.export');
