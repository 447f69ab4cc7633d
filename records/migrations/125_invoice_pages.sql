-- A page of papers of one kind, or of one customer, is found by an index as one of all is.
create index invoice_newest_of_kind on invoice (garage, kind, issued_at desc, id desc);
create index invoice_newest_of_customer on invoice (garage, gstin_mark, issued_at desc, id desc)
    where gstin_mark is not null;
drop index invoice_mark;
