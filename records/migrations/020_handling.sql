-- Who does a work that one process at a time may do; whoever dies loses it when the time is over.
create table lease (
    name text primary key,
    holder text not null,
    until timestamptz not null
);

-- What became of each event at each consumer: handled once, waiting for another try, or given up.
create table handling (
    consumer text not null,
    event text not null,
    seq bigint not null,
    state text not null check (state in ('handled', 'waiting', 'dead')),
    tries integer not null default 0,
    error text,
    due_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    primary key (consumer, event)
);

create index handling_due on handling (consumer, due_at) where state = 'waiting';
create index handling_dead on handling (changed_at) where state = 'dead';
create index handling_done on handling (consumer, changed_at) where state = 'handled';

-- The search for a new ticket's cards goes on where it stood under its first name.
insert into cursor_of (consumer, seq) select 'matching', seq from cursor_of where consumer = 'handlers';
delete from cursor_of where consumer = 'handlers';

-- When the event was written, by one clock: the order of commit of each thing's changes, whatever
-- the clocks of the writers say.
alter table outbox add column left_at timestamptz not null default clock_timestamp();
drop index outbox_order;
create index outbox_order on outbox (left_at, version, id);

-- Each hour's work is done once, whoever wakes first.
create table hourly_run (
    job text not null,
    hour timestamptz not null,
    ran_at timestamptz not null default now(),
    primary key (job, hour)
);

-- What happened in an hour, by type.
create table hourly_digest (
    hour timestamptz not null,
    type text not null,
    events integer not null,
    primary key (hour, type)
);
