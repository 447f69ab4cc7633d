-- Lists go by the time kept here, never by that of an id: browsers make ids without a time.
create index invoice_newest on invoice (garage, issued_at desc, id desc);
create index invoice_newest_of_all on invoice (issued_at desc, id desc);

alter table invoice_draft add column made_at timestamptz not null default now();
update invoice_draft set made_at = changed_at;
create index invoice_draft_newest on invoice_draft (garage, made_at desc, ticket desc);

create index review_oldest on review (at, id) where closed_at is null;
