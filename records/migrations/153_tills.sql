-- The till of a garage, counted at the end of a day: from `since` to `day` so much cash came and went, by
-- the payments of these days, and so much was counted. No money is dated into a closed day any more.
create table till_closing (
    garage text not null,
    day date not null,
    since date not null check (since <= day),
    opening_paise bigint not null check (opening_paise >= 0),
    came_paise bigint not null check (came_paise >= 0),
    went_paise bigint not null check (went_paise >= 0),
    counted_paise bigint not null check (counted_paise >= 0),
    left_paise bigint not null check (left_paise between 0 and counted_paise),
    reason text,
    at timestamptz not null,
    by_whom text not null,
    primary key (garage, day),
    check (reason is not null or counted_paise = opening_paise + came_paise - went_paise)
);
select keep_forever('till_closing');
create index payment_day on payment (garage, day);
