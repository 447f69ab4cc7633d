-- name: month
-- The totals of a month, invoices less what was taken back.
select code, rate_bp, sum(sign * lines) as lines, sum(sign * taxable_paise) as taxable,
       sum(sign * cgst_paise) as cgst, sum(sign * sgst_paise) as sgst, sum(sign * igst_paise) as igst
from (select *, case kind when 'invoice' then 1 else -1 end as sign from month_total
      where month = %(month)s and (%(garage)s::text is null or garage = %(garage)s)) as signed
group by code, rate_bp order by code, rate_bp

-- name: recount
-- The same from every line of the month.
select code, rate_bp, sum(sign) as lines, sum(sign * taxable_paise) as taxable,
       sum(sign * cgst_paise) as cgst, sum(sign * sgst_paise) as sgst, sum(sign * igst_paise) as igst
from (
    select line.*, case when line.kind = 'credit_note' then -1
                        when void.invoice is not null then 0 else 1 end as sign
    from invoice_line as line left join void_invoice as void on void.invoice = line.invoice
    where line.issue_date >= %(month)s and line.issue_date < %(month)s + interval '1 month'
      and (%(garage)s::text is null or line.garage = %(garage)s)) as signed
group by code, rate_bp order by code, rate_bp

-- name: trial_balance
-- Every account of one garage, or of all.
select account, sum(paise) as paise from entry
where %(garage)s::text is null or garage = %(garage)s group by account order by account

-- name: make_partitions
-- This month's and the next ones', where they are missing.
select make_partitions(%(first)s, %(ahead)s)
