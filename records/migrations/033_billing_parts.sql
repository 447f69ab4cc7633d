-- Who sells parts.
create table vendor (
    id text primary key,
    name text not null,
    changed_at timestamptz not null
);

-- Every price that was ever known, and from when it held: nothing is overwritten.
create table price (
    id text primary key,
    part text not null,
    garage text,
    source text not null check (source in ('marketplace', 'static')),
    vendor text references vendor,
    paise bigint not null check (paise between 1 and 999999999999),
    lead_days integer,
    holds_from timestamptz not null,
    noted_at timestamptz not null,
    by_whom text not null
);

create index price_of on price (part, source, holds_from desc);
select keep_forever('price'::regclass);

-- Stock as deltas that may come in any order and twice: the sum is the same everywhere.
create table stock_delta (
    id text primary key,
    garage text not null,
    part text not null,
    quantity bigint not null check (quantity <> 0 and quantity between -1000000 and 1000000),
    reason text not null,
    at timestamptz not null,
    by_whom text not null
);

create index stock_of on stock_delta (garage, part) include (quantity);
select keep_forever('stock_delta'::regclass);

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert on price, stock_delta to battwheels_billing;
        grant select, insert, update on vendor, saga to battwheels_billing;
        grant select, insert, update, delete on ticket_lease, saga_step to battwheels_billing;
    end if;
end $$;
