-- name: hold
-- Locks the end of a garage's chain: pages of one garage follow each other.
select n, hash from money_head where garage = %(garage)s for update

-- name: start
-- The first page of a garage.
insert into money_head (garage, n, hash) values (%(garage)s, 0, %(start)s)
on conflict (garage) do nothing

-- name: move_head
-- Where the chain ends now.
update money_head set n = %(n)s, hash = %(hash)s where garage = %(garage)s

-- name: chain
-- One event behind the last.
insert into money_event (garage, n, at, event, actor, entity, body, hash)
values (%(garage)s, %(n)s, %(at)s, %(event)s, %(actor)s, %(entity)s, %(body)s, %(hash)s)

-- name: claim
-- Takes a key for what is made under it; nothing comes back when it was taken before.
insert into billing_operation (garage, id, body_hash, made)
values (%(garage)s, %(id)s, %(body_hash)s, %(made)s)
on conflict (garage, id) do nothing returning made

-- name: recall
-- What a key was used for.
select body_hash, made from billing_operation where garage = %(garage)s and id = %(id)s

-- name: closed
-- Whether the books of a month are closed.
select month from closed_month where garage = %(garage)s and month = %(month)s

-- name: take
-- The next serial, from a row that stays locked until the transaction ends; dates never step back.
insert into counter as held (garage, series, financial_year, last, last_date)
values (%(garage)s, %(series)s, %(year)s, 1, %(day)s)
on conflict (garage, series, financial_year) do update
set last = held.last + 1, last_date = excluded.last_date
where held.last_date <= excluded.last_date
returning last

-- name: keep_document
-- A number that was given.
insert into document
    (id, garage, kind, seller, series, financial_year, serial, number, issue_date)
values (%(id)s, %(garage)s, %(kind)s, %(seller)s, %(series)s, %(financial_year)s, %(serial)s,
        %(number)s, %(issue_date)s)

-- name: keep_invoice
-- An issued invoice or credit note.
insert into invoice
    (id, issue_date, garage, kind, number, issued_at, issued_by, ticket, original, reason,
     place_of_supply, taxable_paise, cgst_paise, sgst_paise, igst_paise, round_off_paise,
     total_paise, reverse_charge, body, buyer, gstin_mark)
values (%(id)s, %(issue_date)s, %(garage)s, %(kind)s, %(number)s, %(issued_at)s, %(issued_by)s,
        %(ticket)s, %(original)s, %(reason)s, %(place_of_supply)s, %(taxable_paise)s,
        %(cgst_paise)s, %(sgst_paise)s, %(igst_paise)s, %(round_off_paise)s, %(total_paise)s,
        %(reverse_charge)s, %(body)s, %(buyer)s, %(gstin_mark)s)

-- name: keep_parts_of_invoice
-- Its lines, in one statement, so that the month grows once.
insert into invoice_line select * from jsonb_populate_recordset(null::invoice_line, %(parts)s)

-- name: keep_void_invoice
-- An invoice taken back whole.
insert into void_invoice (invoice, issue_date, garage, at, by_whom, reason)
values (%(invoice)s, %(issue_date)s, %(garage)s, %(at)s, %(by_whom)s, %(reason)s)

-- name: keep_posting
-- What happened, as double entry.
insert into posting (id, garage, kind, day, at, by_whom, cause)
values (%(id)s, %(garage)s, %(kind)s, %(day)s, %(at)s, %(by_whom)s, %(cause)s)

-- name: keep_parts_of_posting
-- All legs of a posting in one statement: they balance, or none is written.
insert into entry select * from jsonb_populate_recordset(null::entry, %(parts)s)

-- name: keep_payment
-- Money that came in or went back.
insert into payment
    (id, garage, kind, method, paise, day, at, by_whom, number, ticket, invoice, refund_of,
     reference, receipt)
values (%(id)s, %(garage)s, %(kind)s, %(method)s, %(paise)s, %(day)s, %(at)s, %(by_whom)s,
        %(number)s, %(ticket)s, %(invoice)s, %(refund_of)s, %(reference)s, %(receipt)s)

-- name: keep_receipt_voucher
-- What the receipt voucher of an advance says.
insert into receipt_voucher (payment, garage, body, buyer)
values (%(payment)s, %(garage)s, %(body)s, %(buyer)s)

-- name: keep_closed_month
-- From now on nothing is dated into it.
insert into closed_month (garage, month, at, by_whom)
values (%(garage)s, %(month)s, %(at)s, %(by_whom)s)

-- name: keep_till_closing
-- What was counted in a till: while it stands, no cash is dated into these days.
insert into till_closing
    (garage, day, since, opening_paise, came_paise, went_paise, counted_paise, left_paise, reason, at,
     by_whom, turn, brought_paise, taken_to)
values (%(garage)s, %(day)s, %(since)s, %(opening_paise)s, %(came_paise)s, %(went_paise)s,
        %(counted_paise)s, %(left_paise)s, %(reason)s, %(at)s, %(by_whom)s, %(turn)s,
        %(brought_paise)s, %(taken_to)s)

-- name: keep_till_reopening
-- That a closing does not stand any more.
insert into till_reopening (garage, day, turn, reason, at, by_whom)
values (%(garage)s, %(day)s, %(turn)s, %(reason)s, %(at)s, %(by_whom)s)

-- name: keep_price
-- What a part costs from a moment on.
insert into price (id, part, garage, source, vendor, paise, lead_days, holds_from, noted_at, by_whom)
values (%(id)s, %(part)s, %(garage)s, %(source)s, %(vendor)s, %(paise)s, %(lead_days)s,
        %(holds_from)s, %(noted_at)s, %(by_whom)s)

-- name: keep_stock_delta
-- What came onto the shelf or left it.
insert into stock_delta (id, garage, part, quantity, reason, at, by_whom)
values (%(id)s, %(garage)s, %(part)s, %(quantity)s, %(reason)s, %(at)s, %(by_whom)s)

-- name: keep_e_invoice
-- What the invoice portal answered.
insert into e_invoice (invoice, garage, irn, ack_number, ack_at, signed, at, by_whom)
values (%(invoice)s, %(garage)s, %(irn)s, %(ack_number)s, %(ack_at)s, %(signed)s, %(at)s,
        %(by_whom)s)

-- name: keep_e_invoice_cancel
-- What was taken off the portal.
insert into e_invoice_cancel (invoice, garage, cancelled_at, reason, at, by_whom)
values (%(invoice)s, %(garage)s, %(cancelled_at)s, %(reason)s, %(at)s, %(by_whom)s)
