-- The largest turnover of any year since 2017-18: whether e-invoices are owed, and by when.
alter table billing_setting add column turnover bigint not null default 0
    check (turnover between 0 and 999999999999);

-- What the invoice portal answered, as it came: its signed text is sealed, for it names the buyer.
create table e_invoice (
    invoice text primary key,
    garage text not null,
    irn text not null unique,
    ack_number text not null,
    ack_at timestamptz not null,
    signed bytea not null,
    at timestamptz not null,
    by_whom text not null
);

-- Taken off the portal within its day; the number stays burnt.
create table e_invoice_cancel (
    invoice text primary key references e_invoice,
    garage text not null,
    cancelled_at timestamptz not null,
    reason smallint not null check (reason between 1 and 4),
    at timestamptz not null,
    by_whom text not null
);

select keep_forever('e_invoice'::regclass);
select keep_forever('e_invoice_cancel'::regclass);

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert on e_invoice, e_invoice_cancel to battwheels_billing;
    end if;
end $$;
