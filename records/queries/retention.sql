-- name: invitation
-- Words that nobody took up. One that was taken up stays with its person: it says that they came.
select ctid from invitation where accepted_at is null and expires_at < %(before)s

-- name: session
-- Where and when somebody was signed in; their refresh tokens go with it.
select ctid from session where greatest(coalesce(ended_at, ends_at), seen_at) < %(before)s

-- name: sign_in_challenge
-- Codes that were owed.
select ctid from sign_in_challenge where expires_at < %(before)s

-- name: passkey_challenge
-- Challenges that nobody can answer any more.
select ctid from passkey_challenge where answered_at < %(before)s

-- name: oidc_flow
-- Sign-ins by another service that nobody can bring any more.
select ctid from oidc_flow where ended_at < %(before)s

-- name: sign_in_try
-- Tries that slow nobody down any more.
select ctid from sign_in_try where last_at < %(before)s

-- name: account_letter
-- Letters that were settled.
select ctid from account_letter where state is not null and expires_at < %(before)s

-- name: password_reset
-- Words that choose no password any more.
select ctid from password_reset where expires_at < %(before)s

-- name: message
-- What customers were told of their invoices.
select ctid from message where at < %(before)s

-- name: invoice_draft
-- Drafts that nobody touched for so long: who was to buy stands in them.
select ctid from invoice_draft where changed_at < %(before)s

-- name: saga
-- Invoices in the making that ended, with their steps: the books have what was issued. Nobody holds
-- their ticket.
select saga.ctid from saga
where state in ('done', 'undone') and at < %(before)s
  and not exists (select from ticket_lease where ticket_lease.saga = saga.id)

-- name: return_export
-- Returns of months as files, with who bought: they can be made anew.
select ctid from return_export where finished_at < %(before)s

-- name: count
-- How many of these would go.
select count(*) as n from ({due}) as due

-- name: remove
-- Some of them go: few at a time, so that nobody waits for it.
delete from {table} where ctid = any(array({due} limit 1000))
