-- Money that came at once by several methods is several payments of one receipt, which is named after
-- the first of them. A payment that came alone names none.
alter table payment add column receipt text;
create index payment_receipt on payment (receipt) where receipt is not null;
