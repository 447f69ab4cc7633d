-- A closing of the till brings the account of cash to what lies in the till: `brought_paise` was posted
-- against the owner's account at its beginning, what was not left at its end was posted as taken to
-- `taken_to`. Closings from before this posted their difference alone, and hold no `taken_to`.
-- One may be undone until its month is closed, and its day counted again: that is another turn of the day.
alter table till_closing add column turn integer not null default 1 check (turn > 0);
alter table till_closing add column brought_paise bigint not null default 0;
alter table till_closing add column taken_to text check (taken_to in ('bank', 'owner'));
alter table till_closing drop constraint till_closing_pkey;
alter table till_closing add primary key (garage, day, turn);

create table till_reopening (
    garage text not null,
    day date not null,
    turn integer not null,
    reason text not null,
    at timestamptz not null,
    by_whom text not null,
    primary key (garage, day, turn),
    foreign key (garage, day, turn) references till_closing
);
select keep_forever('till_reopening');

-- Every closing with what undid it; where nothing did, it stands.
create view till_count as
select closing.*, reopening.at as reopened_at, reopening.by_whom as reopened_by,
       reopening.reason as reopened_for
from till_closing as closing left join till_reopening as reopening using (garage, day, turn);

do $$
begin
    grant select, insert on till_closing, till_reopening to battwheels_billing;
    grant select on till_count to battwheels_billing;
exception when insufficient_privilege or undefined_object then
    raise notice 'the role battwheels_billing is for whoever may create roles to make';
end $$;
