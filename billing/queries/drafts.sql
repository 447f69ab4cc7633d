-- name: wait
-- A draft waits for a ticket; one that is there stays as it is. In the place of one that was thrown away
-- before this closing another one waits.
insert into invoice_draft as held (ticket, garage, version, terms, changed_at, changed_by)
values (%(ticket)s, %(garage)s, 1, %(terms)s, %(at)s, %(actor)s)
on conflict (ticket) do update set
    version = held.version + 1, terms = excluded.terms, buyer = null, made_from = null,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by,
    deleted_at = null, deleted_by = null
where held.deleted_at < excluded.changed_at

-- name: drop
-- Nothing of it stays but that it was there, until when, and who threw it away.
update invoice_draft
set version = version + 1, terms = %(terms)s, buyer = null, made_from = null, changed_at = %(at)s,
    changed_by = %(actor)s, deleted_at = %(at)s, deleted_by = %(actor)s
where ticket = %(ticket)s and garage = %(garage)s and deleted_at is null

-- name: held
-- The version that somebody else may not change meanwhile.
select garage, version, deleted_at from invoice_draft where ticket = %(ticket)s for update

-- name: write
-- What it says from now on.
insert into invoice_draft as held
    (ticket, garage, version, terms, buyer, made_from, changed_at, changed_by)
values (%(ticket)s, %(garage)s, %(version)s, %(terms)s, %(buyer)s, %(customer)s, %(at)s, %(actor)s)
on conflict (ticket) do update set
    version = excluded.version, terms = excluded.terms, buyer = excluded.buyer,
    made_from = excluded.made_from,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by,
    deleted_at = null, deleted_by = null

-- name: forget_buyers
-- Who was to buy is forgotten, by who buys or by the ticket. The version stays: to whoever asks again for what
-- they asked before, the draft is the same.
update invoice_draft set buyer = null, made_from = null
where buyer is not null and (made_from = %(customer)s or ticket = any(%(tickets)s))

-- name: issued
-- The invoice that stands for the ticket: neither void nor credited whole.
select invoiced.invoice, document.number from invoiced_ticket as invoiced
join document on document.id = invoiced.invoice
join invoice_balance as balance using (invoice)
where invoiced.ticket = %(ticket)s
  and (balance.total_paise = 0 or balance.credited_paise < balance.total_paise)

-- name: booked
-- What the books hold of a ticket: an invoice, or one on its way, or money that came ahead.
select 'invoiced' as state from invoiced_ticket where ticket = %(ticket)s
union all select 'being invoiced' from ticket_lease where ticket = %(ticket)s
union all select 'paid ahead' from payment where ticket = %(ticket)s
limit 1

-- name: get
-- The draft of a ticket, of any garage or of one.
select * from invoice_draft
where ticket = %(ticket)s and (%(garage)s::text is null or garage = %(garage)s)
  and deleted_at is null

-- name: waiting
-- Drafts of a garage whose ticket has no invoice, the newest first, behind one: read by the index from there on.
-- Behind a draft that is not there nothing follows.
select draft.* from invoice_draft as draft
where draft.garage = %(garage)s and draft.deleted_at is null
  and (draft.made_at, draft.ticket) < (
      case when %(after)s::text is null then 'infinity'::timestamptz
      else (select made_at from invoice_draft where ticket = %(after)s) end, coalesce(%(after)s::text, ''))
  and not exists (select from invoiced_ticket where invoiced_ticket.ticket = draft.ticket)
order by draft.made_at desc, draft.ticket desc limit %(first)s

-- name: waiting_of_all
-- The same of every garage.
select draft.* from invoice_draft as draft
where draft.deleted_at is null
  and (draft.made_at, draft.ticket) < (
      case when %(after)s::text is null then 'infinity'::timestamptz
      else (select made_at from invoice_draft where ticket = %(after)s) end, coalesce(%(after)s::text, ''))
  and not exists (select from invoiced_ticket where invoiced_ticket.ticket = draft.ticket)
order by draft.made_at desc, draft.ticket desc limit %(first)s
