-- name: begin
-- One saga for each operation of a garage.
insert into saga (id, garage, ticket, operation, body_hash, asked, buyer, made_from, actor, role, at,
                  state, client, agent)
values (%(id)s, %(garage)s, %(ticket)s, %(operation)s, %(body_hash)s, %(asked)s, %(buyer)s,
        %(customer)s, %(actor)s, %(role)s, %(at)s, 'running', %(client)s, %(agent)s)
on conflict do nothing

-- name: held
-- The saga, held while it is looked at.
select * from saga where id = %(id)s for update

-- name: get
-- A saga as it stands.
select * from saga where id = %(id)s

-- name: forget_steps
-- One that was undone begins anew, for whoever buys by what is asked now.
with gone as (delete from saga_step where saga = %(id)s)
update saga set state = 'running', reason = null, buyer = %(buyer)s, made_from = %(customer)s
where id = %(id)s

-- name: lease
-- Takes the ticket, unless another saga has it: one that ran out goes to whoever ends its saga.
insert into ticket_lease as held (ticket, saga, until) values (%(ticket)s, %(saga)s, %(until)s)
on conflict (ticket) do update set saga = excluded.saga, until = excluded.until
where held.saga = excluded.saga
   or exists (select from saga where saga.id = held.saga and saga.state in ('done', 'undone'))
returning saga

-- name: leased
-- Who has the ticket.
select saga, until from ticket_lease where ticket = %(ticket)s

-- name: renew
-- A little longer.
update ticket_lease set until = %(until)s where saga = %(saga)s

-- name: release
-- The ticket is free again.
delete from ticket_lease where saga = %(id)s

-- name: steps
-- What was done.
select step, gave from saga_step where saga = %(id)s

-- name: record
-- A step that was done; done again it is the same step.
insert into saga_step (saga, step, at, gave) values (%(id)s, %(step)s, %(at)s, %(gave)s)
on conflict do nothing

-- name: turn
-- Where the saga stands. Behind its end nobody needs to know who bought: the invoice says it.
update saga
set state = %(state)s, reason = coalesce(%(reason)s, reason),
    buyer = case when %(state)s in ('done', 'undone') then null else buyer end
where id = %(id)s

-- name: unfinished
-- Sagas whose worker is gone: their lease has run out, or they died before they had one.
select saga.* from saga left join ticket_lease as lease on lease.saga = saga.id
where saga.state in ('running', 'undoing')
  and coalesce(lease.until, saga.at + interval '30 seconds') < %(now)s
order by saga.at limit %(limit)s
