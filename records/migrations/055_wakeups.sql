-- Who waits for work hears of it when it is committed (records/wakeups.py), instead of asking.
create function wake() returns trigger language plpgsql as $$
begin
    perform pg_notify('battwheels', tg_argv[0]);
    return null;
end $$;

create trigger outbox_wakes after insert on outbox
for each statement execute function wake('records_outbox');

create trigger change_log_wakes after insert on change_log
for each statement execute function wake('change_log');

create trigger waiting_change_wakes after insert on waiting_change
for each statement execute function wake('batches');
