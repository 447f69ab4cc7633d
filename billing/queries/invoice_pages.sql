-- name: page_of_garage
-- A garage's papers, the newest first by when they were issued here: an id may be made by a
-- browser, without a time. Each month's index gives its newest, and only a page is read.
with paper as materialized (
    select * from invoice
    where garage = %(garage)s
      and (issued_at, id) < (%(at)s::timestamptz, %(before)s)
    order by issued_at desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.issued_at desc, paper.id desc

-- name: page_of_kind
-- A garage's papers of one kind, which may be rare among the others.
with paper as materialized (
    select * from invoice
    where garage = %(garage)s and kind = %(kind)s
      and (issued_at, id) < (%(at)s::timestamptz, %(before)s)
    order by issued_at desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.issued_at desc, paper.id desc

-- name: page_of_customer
-- A garage's papers of one customer, by the mark of the GSTIN, the newest first.
with paper as materialized (
    select * from invoice
    where garage = %(garage)s and gstin_mark = %(mark)s
      and (%(kind)s::text is null or kind = %(kind)s)
      and (%(number)s::text is null or starts_with(number, %(number)s))
      and issue_date between %(since)s::date and %(until)s::date
      and total_paise between %(least)s and %(most)s
      and (%(status)s::text is null or exists (
          select from invoice_balance as stands
          where stands.invoice = invoice.id and stands.status = %(status)s))
      and (issued_at, id) < (%(at)s::timestamptz, %(before)s)
    order by issued_at desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.issued_at desc, paper.id desc

-- name: page_by_number
-- A garage's papers whose numbers begin so, the highest first: numbers are compared letter by letter.
with paper as materialized (
    select * from invoice
    where garage = %(garage)s
      and number collate "C" >= %(number)s and number collate "C" < %(beyond)s
      and (%(kind)s::text is null or kind = %(kind)s)
      and issue_date between %(since)s::date and %(until)s::date
      and total_paise between %(least)s and %(most)s
      and (%(status)s::text is null or exists (
          select from invoice_balance as stands
          where stands.invoice = invoice.id and stands.status = %(status)s))
      and (number collate "C", id) < (%(before_number)s, %(before)s)
    order by number collate "C" desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.number collate "C" desc, paper.id desc

-- name: page_by_status
-- A garage's invoices that stand so, the latest first: the balances know where invoices stand, and
-- lead to each invoice by its day and id.
with balance as materialized (
    select * from invoice_balance
    where garage = %(garage)s and status = %(status)s
      and (%(kind)s::text is null or %(kind)s = 'invoice')
      and issue_date between %(since)s::date and %(until)s::date
      and total_paise between %(least)s and %(most)s
      and (issue_date, issued_at, invoice) < (%(on)s::date, %(stood)s::timestamptz, %(before)s)
    order by issue_date desc, issued_at desc, invoice desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from balance join invoice as paper
    on paper.issue_date = balance.issue_date and paper.id = balance.invoice
order by paper.issue_date desc, balance.issued_at desc, paper.id desc

-- name: page_by_sum
-- A garage's papers of a payable sum between two, the largest first.
with paper as materialized (
    select * from invoice
    where garage = %(garage)s
      and (%(kind)s::text is null or kind = %(kind)s)
      and issue_date between %(since)s::date and %(until)s::date
      and total_paise between %(least)s and %(most)s
      and (total_paise, issued_at, id)
        < (%(before_sum)s::bigint, %(at)s::timestamptz, %(before)s)
    order by total_paise desc, issued_at desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.total_paise desc, paper.issued_at desc, paper.id desc

-- name: page_by_day
-- A garage's papers from one day of law to another, the latest first.
with paper as materialized (
    select * from invoice
    where garage = %(garage)s
      and issue_date between %(since)s::date and %(until)s::date
      and (%(kind)s::text is null or kind = %(kind)s)
      and (issue_date, issued_at, id) < (%(on)s::date, %(at)s::timestamptz, %(before)s)
    order by issue_date desc, issued_at desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.issue_date desc, paper.issued_at desc, paper.id desc

-- name: page_of_all
-- The papers of all garages, for whoever is of none.
with paper as materialized (
    select * from invoice
    where (%(kind)s::text is null or kind = %(kind)s)
      and (%(mark)s::bytea is null or gstin_mark = %(mark)s)
      and (issued_at, id) < (%(at)s::timestamptz, %(before)s)
    order by issued_at desc, id desc limit %(first)s)
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from paper left join invoice_balance as balance on balance.invoice = paper.id
order by paper.issued_at desc, paper.id desc

-- name: place
-- Where a paper stands in such a list.
select paper.issued_at as at, balance.issued_at as stood, paper.issue_date as on,
       paper.id as before, paper.number as before_number, paper.total_paise as before_sum
from document
join invoice as paper on paper.issue_date = document.issue_date and paper.id = document.id
left join invoice_balance as balance on balance.invoice = paper.id
where document.id = %(before)s
