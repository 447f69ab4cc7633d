-- A bill that was made from a record of the customer book remembers which, by an id that is nobody's once
-- the record is erased: erasures, exports and statements follow it. So do the draft and the saga.
create table invoice_customer (
    invoice text primary key,
    garage text not null,
    made_from text not null
);
create index invoice_customer_record on invoice_customer (made_from, invoice);

alter table invoice_draft add column made_from text;
create index invoice_draft_record on invoice_draft (made_from) where made_from is not null;
alter table saga add column made_from text;

-- Who buys is in the saga only while it runs.
alter table saga alter column buyer drop not null;
update saga set buyer = null where state in ('done', 'undone');

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert on invoice_customer to battwheels_billing;
    end if;
end $$;
