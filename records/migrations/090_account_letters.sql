-- Letters to people about their accounts: left in the transaction of what they tell of, sent by whoever
-- works beside the service, once or more. A letter to nobody is left too: the door does the same work
-- for every address, and who has it is found out behind it.
create table account_letter (
    id uuid primary key,
    occasion text not null check (occasion in (
        'invitation', 'password reset', 'password changed', 'second factor changed')),
    email_mark bytea not null,
    -- What the word inside is made from anew (access/people.py); the word itself is kept nowhere.
    word_of text,
    made_at timestamptz not null,
    expires_at timestamptz not null,
    -- When it is to be looked at; moved on by whoever takes it, so that others leave it alone.
    due_at timestamptz not null,
    -- No state while it is not settled. Nobody: no such person, or not in that state.
    state text check (state in ('sent', 'kept', 'refused', 'late', 'nobody'))
);

create index account_letter_due on account_letter (due_at) where state is null;

-- Whoever has the word chooses a new password, once and for half an hour. `used_by` is the mark of the
-- operation that used it, whose answer may have been lost.
create table password_reset (
    mark bytea primary key,
    email_mark bytea not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    used_by bytea
);

create index password_reset_of_person on password_reset (email_mark);

comment on column account_letter.email_mark is 'personal: person';
comment on column password_reset.email_mark is 'personal: person';

create trigger account_letter_wakes after insert on account_letter
for each statement execute function wake('account_letters');

-- What somebody signs in with is no right, and its change is a deed too.
alter table deed drop constraint deed_event_type_check;
alter table deed add constraint deed_event_type_check check (event_type in (
    'user.login', 'user.logout', 'user.permission_change', 'user.credential_change',
    'ticket.create', 'ticket.update', 'ticket.delete',
    'failure_card.create', 'failure_card.verify', 'invoice.create', 'invoice.void',
    'employee.salary_view', 'employee.pii_access', 'report.export', 'settings.change'));
