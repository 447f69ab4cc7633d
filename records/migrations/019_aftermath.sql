-- What became of a repair after the vehicle went back, one row for each time that its ticket was closed:
-- the customer's stars, and whether it held. One that is reopened, or that the vehicle comes back after,
-- has not. `card` is the one that it ended with, null for a technician's own way.
create table aftermath (
    ticket text not null,
    closed_at timestamptz not null,
    garage text not null,
    card text,
    worked boolean not null,
    stars smallint check (stars between 1 and 5),
    held boolean not null default true,
    primary key (ticket, closed_at)
);

create index aftermath_of_card on aftermath (card, closed_at desc);
