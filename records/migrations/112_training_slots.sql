-- Trainings that come by themselves: each slot of a term is begun by one process, once.
create table training_slot (
    term text not null,
    slot timestamptz not null,
    holder text not null,
    began_at timestamptz not null,
    ended_at timestamptz,
    failed text,
    told_missed_at timestamptz,
    primary key (term, slot)
);

-- Since when slots of a term are looked for: none is missed of before.
create table training_term (
    term text primary key,
    since timestamptz not null
);
