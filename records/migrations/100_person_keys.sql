-- Each person's own key, sealed like any other value: what is sealed of them is sealed with it first, so
-- that it is gone with the key. People of before get theirs from whoever works beside the service.
alter table person
    add column key bytea,
    add column erased_at timestamptz,
    alter column who drop not null,
    alter column email_mark drop not null,
    add constraint person_erased check (
        case when erased_at is null then who is not null and email_mark is not null
             else coalesce(who, email_mark, key) is null and state = 'gone' end);

create index person_keyless on person (id) where key is null and erased_at is null;

comment on column person.key is 'personal: own key';

-- That somebody was erased, or had what is kept of them put right, are deeds too.
alter table deed drop constraint deed_event_type_check;
alter table deed add constraint deed_event_type_check check (event_type in (
    'user.login', 'user.logout', 'user.permission_change', 'user.credential_change',
    'user.correct', 'user.erase',
    'ticket.create', 'ticket.update', 'ticket.delete',
    'failure_card.create', 'failure_card.verify', 'invoice.create', 'invoice.void',
    'employee.salary_view', 'employee.pii_access', 'report.export', 'settings.change'));
