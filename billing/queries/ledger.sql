-- name: claim_ticket
-- One live invoice for each ticket; nothing comes back when it has one. One that was credited whole
-- and holds no money makes place for the next.
insert into invoiced_ticket as held (ticket, garage, invoice)
values (%(ticket)s, %(garage)s, %(invoice)s)
on conflict (ticket) do update set invoice = excluded.invoice
where exists (
    select from invoice_balance as balance
    where balance.invoice = held.invoice and balance.total_paise > 0
      and balance.credited_paise = balance.total_paise and balance.paid_paise = 0)
returning ticket

-- name: free_ticket
-- A void invoice leaves its ticket to another one.
delete from invoiced_ticket where invoice = %(invoice)s

-- name: open_balance
-- What an invoice asks, less what it took of what was paid ahead.
insert into invoice_balance (invoice, issue_date, issued_at, garage, total_paise, paid_paise)
values (%(invoice)s, %(day)s, %(at)s, %(garage)s, %(total)s, %(paid)s)

-- name: credited
-- A credit note took some of it back.
update invoice_balance set credited_paise = credited_paise + %(paise)s where invoice = %(invoice)s

-- name: paid
-- Money came in (or, below zero, went back).
update invoice_balance set paid_paise = paid_paise + %(paise)s where invoice = %(invoice)s

-- name: voided
-- It was taken back whole.
update invoice_balance set voided = true where invoice = %(invoice)s

-- name: advances
-- What is held for a ticket and no invoice has taken yet.
select coalesce(-sum(paise), 0)::bigint as paise from entry
where about = %(ticket)s and account = 'advances'

-- name: taken_ahead
-- What was paid ahead for a ticket, less what went back of it and what no invoice has taken.
select coalesce(sum(ahead.paise), 0)::bigint
     - coalesce(sum((select sum(back.paise) from payment as back
                     where back.refund_of = ahead.id)), 0)::bigint
     + coalesce((select sum(paise) from entry
                 where about = %(ticket)s and account = 'advances'), 0)::bigint as paise
from payment as ahead where ahead.ticket = %(ticket)s and ahead.kind = 'advance'

-- name: many
-- Papers by id, each found in its own month by the list of numbers.
select paper.*, balance.total_paise as balance_total, balance.credited_paise, balance.paid_paise,
       balance.voided
from document
join invoice as paper on paper.issue_date = document.issue_date and paper.id = document.id
left join invoice_balance as balance on balance.invoice = paper.id
where document.id = any(%(ids)s)
  and (%(garage)s::text is null or document.garage = %(garage)s)

-- name: of_tickets
-- The live invoice of each ticket.
select ticket, invoice from invoiced_ticket
where ticket = any(%(tickets)s) and (%(garage)s::text is null or garage = %(garage)s)

-- name: made_from
-- Which record of the customer book named who buys.
insert into invoice_customer (invoice, garage, made_from)
values (%(invoice)s, %(garage)s, %(customer)s)

-- name: customer_of
-- The record that an invoice was made from.
select made_from as customer from invoice_customer where invoice = %(invoice)s

-- name: of_customer
-- Invoices that were made from a record, the newest first.
select invoice from invoice_customer
where made_from = %(customer)s and (%(after)s::text is null or invoice < %(after)s)
order by invoice desc limit %(first)s

-- name: notes
-- The credit notes of invoices, the oldest first.
select paper.* from invoice as paper
where paper.original = any(%(ids)s) and (%(garage)s::text is null or paper.garage = %(garage)s)
order by paper.issued_at, paper.id

-- name: issued
-- Whether a document was given a number.
select id from document where id = %(id)s

-- name: running
-- Whether a saga still goes forward; it is not turned back while its invoice is written.
select id from saga where id = %(saga)s and state = 'running' for share

-- name: reported
-- Whether an invoice is known to the portal, and whether it was taken off again.
select cancel.invoice is not null as cancelled
from e_invoice left join e_invoice_cancel as cancel using (invoice)
where e_invoice.invoice = %(invoice)s
