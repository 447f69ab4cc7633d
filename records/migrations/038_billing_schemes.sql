-- Whether a garage collects tax, or pays a part of its turnover and may not (CGST Act s.10).
alter table billing_setting add column scheme text not null default 'regular'
    check (scheme in ('regular', 'composition')),
    add check (scheme = 'regular' or gstin is not null);
