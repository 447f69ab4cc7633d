-- What a receipt voucher says (Rule 50): its place and its tax are fixed on the day the money came, for
-- the return of that month has told them. Who paid is sealed.
create table receipt_voucher (
    payment text primary key references payment,
    garage text not null,
    body jsonb not null,
    buyer bytea not null
);

select keep_forever('receipt_voucher'::regclass);

do $$
begin
    if exists (select from pg_roles where rolname = 'battwheels_billing') then
        grant select, insert on receipt_voucher to battwheels_billing;
    end if;
end $$;
