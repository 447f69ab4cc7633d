-- Keys that values are sealed with, each for one table, wrapped by a master key that is not here. `of_table`
-- is null for a key of the setting, from before there were data keys. New values are sealed with the key that
-- is primary; one that was retired opens until nothing is sealed with it any more.
create table data_key (
    name text primary key,
    of_table text,
    wrapped_by text not null,
    wrapped bytea not null,
    made_at timestamptz not null,
    primary_since timestamptz,
    retired_at timestamptz
);

create unique index data_key_primary on data_key (of_table)
where primary_since is not null and retired_at is null;

create trigger data_key_wakes after insert or update or delete on data_key
for each statement execute function wake('data_keys');

comment on column invoice.buyer is 'personal: customer';
comment on column invoice.gstin_mark is 'personal: gstin';
comment on column payment.reference is 'personal: payment reference';
comment on column receipt_voucher.buyer is 'personal: customer';
comment on column e_invoice.signed is 'personal: portal answer';
comment on column saga.buyer is 'personal: customer';
comment on column invoice_draft.buyer is 'personal: customer';
comment on column message.sealed is 'personal: message';
comment on column feedback.comment is 'personal: own words';
comment on column feedback.correction is 'personal: own words';
comment on column feedback_version.comment is 'personal: own words';
comment on column feedback_version.correction is 'personal: own words';
