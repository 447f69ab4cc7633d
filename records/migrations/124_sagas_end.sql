-- An invoice in the making is let go of long after it ended, with what each step gave.
alter table saga_step drop constraint saga_step_saga_fkey,
    add constraint saga_step_saga_fkey foreign key (saga) references saga on delete cascade;
create index saga_ended on saga (at) where state in ('done', 'undone');
create index invoice_draft_age on invoice_draft (changed_at);
