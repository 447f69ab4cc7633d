-- Tickets that were deleted and forgotten. A listener that read one just before may write behind the
-- forgetting: what it then says of the ticket is left out, whichever table it is for.
create table forgotten_ticket (
    ticket text primary key
);

create function leave_out_forgotten() returns trigger language plpgsql as $$
begin
    if exists (select from forgotten_ticket where ticket = new.ticket) then
        return null;
    end if;
    return new;
end $$;

create trigger forgotten before insert on card_effect
    for each row execute function leave_out_forgotten();
create trigger forgotten before insert on aftermath
    for each row execute function leave_out_forgotten();
create trigger forgotten before insert on repair_analysis
    for each row execute function leave_out_forgotten();
create trigger forgotten before insert on ticket_about
    for each row execute function leave_out_forgotten();
create trigger forgotten before insert on impression
    for each row execute function leave_out_forgotten();
create trigger forgotten before insert on feedback
    for each row execute function leave_out_forgotten();
create trigger forgotten before insert on feedback_version
    for each row execute function leave_out_forgotten();
