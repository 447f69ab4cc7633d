-- Bills are found by number, day, sum and where they stand: each by an index, in the order of that index.
create index invoice_number on invoice (garage, number collate "C" desc, id desc);
create index invoice_sum on invoice (garage, total_paise desc, issued_at desc, id desc);
create index invoice_day on invoice (garage, issue_date desc, issued_at desc, id desc);
drop index invoice_garage;

-- Where an invoice stands follows from its sums (`DocumentBalance.status` says the same).
alter table invoice_balance
    add column issued_at timestamptz not null default now(),
    add column status text not null generated always as (
        case when voided then 'void'
             when credited_paise = total_paise and total_paise > 0 then 'credited'
             when total_paise - credited_paise - paid_paise <= 0 then 'paid'
             when paid_paise <> 0 then 'partly_paid'
             else 'issued' end) stored;
update invoice_balance as balance set issued_at = paper.issued_at
from invoice as paper where paper.issue_date = balance.issue_date and paper.id = balance.invoice;
create index invoice_balance_status
    on invoice_balance (garage, status, issue_date desc, issued_at desc, invoice desc);
