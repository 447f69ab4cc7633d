-- Who sells: what a garage prints on its invoices. May change; each change is an event of the audit.
create table billing_setting (
    garage text primary key,
    version integer not null,
    legal_name text not null,
    address text not null,
    state text not null check (state ~ '^[0-9]{2}$'),
    pincode text not null check (pincode ~ '^[1-9][0-9]{5}$'),
    gstin text,
    labour_rate bigint not null check (labour_rate between 0 and 10000000),
    series text not null check (series ~ '^[1-9A-Z][A-Z0-9]{2}$'),
    upi text,
    hsn_digits smallint not null check (hsn_digits in (4, 6)),
    changed_at timestamptz not null,
    changed_by text not null
);

-- Numbers are unique to a taxpayer, who may own several garages: each has a series of its own.
create unique index billing_setting_series on billing_setting (coalesce(gstin, garage), series);

-- The last serial given; its row is locked by the transaction that issues, so that an abort leaves no gap.
create table counter (
    garage text not null,
    series text not null,
    financial_year text not null,
    last bigint not null,
    last_date date not null,
    primary key (garage, series, financial_year)
);

-- Every number that was ever given, over all months: here it cannot be given twice.
create table document (
    id text primary key,
    garage text not null,
    kind text not null check (kind in ('invoice', 'credit_note', 'receipt', 'refund')),
    seller text not null,
    series text not null,
    financial_year text not null,
    serial bigint not null,
    number text not null check (number ~ '^[1-9A-Z][A-Z0-9/-]{0,15}$'),
    issue_date date not null,
    unique (seller, financial_year, number),
    unique (garage, series, financial_year, serial)
);

-- Issued invoices and credit notes: by month, and never changed (see 031).
create table invoice (
    id text not null,
    issue_date date not null,
    garage text not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    number text not null,
    issued_at timestamptz not null,
    issued_by text not null,
    ticket text not null,
    original text,
    reason text,
    place_of_supply text not null,
    taxable_paise bigint not null,
    cgst_paise bigint not null,
    sgst_paise bigint not null,
    igst_paise bigint not null,
    round_off_paise bigint not null,
    total_paise bigint not null check (total_paise between 0 and 999999999999),
    reverse_charge boolean not null,
    body jsonb not null,
    buyer bytea not null,
    gstin_mark bytea,
    primary key (issue_date, id),
    check (total_paise = taxable_paise + round_off_paise
           + case when reverse_charge then 0 else cgst_paise + sgst_paise + igst_paise end),
    check ((kind = 'credit_note') = (original is not null))
) partition by range (issue_date);

create index invoice_garage on invoice (garage, issue_date desc, id desc);
create index invoice_original on invoice (original) where original is not null;
create index invoice_ticket on invoice (ticket);
create index invoice_mark on invoice (garage, gstin_mark) where gstin_mark is not null;

create table invoice_line (
    issue_date date not null,
    invoice text not null,
    n smallint not null,
    garage text not null,
    kind text not null check (kind in ('invoice', 'credit_note')),
    of_line smallint,
    item text not null,
    part text,
    code text not null,
    description text not null,
    quantity numeric(12, 3) not null check (quantity > 0),
    unit text not null,
    unit_paise bigint not null,
    taxable_paise bigint not null,
    rate_bp integer not null check (rate_bp between 0 and 10000),
    cgst_paise bigint not null,
    sgst_paise bigint not null,
    igst_paise bigint not null,
    priced_from text,
    estimated boolean not null,
    primary key (issue_date, invoice, n)
) partition by range (issue_date);

-- One live invoice for each ticket; a void gives the ticket free.
create table invoiced_ticket (
    ticket text primary key,
    garage text not null,
    invoice text not null unique
);

-- An issued invoice that was taken back whole, by law and within its limits; its number stays used.
create table void_invoice (
    invoice text primary key,
    issue_date date not null,
    garage text not null,
    at timestamptz not null,
    by_whom text not null,
    reason text not null
);

-- A month that the books are closed on: nothing is dated into it any more.
create table closed_month (
    garage text not null,
    month date not null check (extract(day from month) = 1),
    at timestamptz not null,
    by_whom text not null,
    primary key (garage, month)
);

-- Double entry: debits are positive, credits negative, and each posting is balanced (031). An entry is
-- about an invoice, or about a ticket that an advance is held for.
create table posting (
    id text primary key,
    garage text not null,
    kind text not null,
    day date not null,
    at timestamptz not null,
    by_whom text not null
);

create table entry (
    posting text not null references posting,
    n smallint not null,
    garage text not null,
    account text not null,
    about text not null,
    paise bigint not null check (paise <> 0),
    primary key (posting, n)
);

create index entry_account on entry (garage, account) include (paise);
create index entry_about on entry (about, account) include (paise);

-- Money that came in or went back. An advance is held for a ticket until its invoice takes it.
create table payment (
    id text primary key,
    garage text not null,
    kind text not null check (kind in ('payment', 'advance', 'tds', 'refund')),
    method text not null,
    paise bigint not null check (paise between 1 and 999999999999),
    day date not null,
    at timestamptz not null,
    by_whom text not null,
    number text,
    ticket text,
    invoice text,
    refund_of text references payment,
    reference bytea,
    check ((kind = 'refund') = (refund_of is not null))
);

create index payment_invoice on payment (invoice);
create index payment_ticket on payment (ticket) where kind = 'advance';
create index payment_refund on payment (refund_of) where refund_of is not null;

-- Where each invoice stands, kept by the transactions that move it and equal to its entries.
create table invoice_balance (
    invoice text primary key,
    issue_date date not null,
    garage text not null,
    total_paise bigint not null,
    credited_paise bigint not null default 0,
    paid_paise bigint not null default 0,
    voided boolean not null default false,
    check (credited_paise between 0 and total_paise)
);

-- What is owed for each month, code and rate: kept by triggers (031), read by the month report.
create table month_total (
    garage text not null,
    month date not null,
    kind text not null,
    code text not null,
    rate_bp integer not null,
    lines bigint not null,
    taxable_paise numeric(20, 0) not null,
    cgst_paise numeric(20, 0) not null,
    sgst_paise numeric(20, 0) not null,
    igst_paise numeric(20, 0) not null,
    primary key (garage, month, kind, code, rate_bp)
);

-- The same request twice is one deed: its key, what it asked, and what it made.
create table billing_operation (
    garage text not null,
    id uuid not null,
    body_hash text not null,
    made text not null,
    at timestamptz not null default now(),
    primary key (garage, id)
);

-- Every money event, chained by hash for each garage. `money_head` is where its chain ends.
create table money_event (
    garage text not null,
    n bigint not null,
    at timestamptz not null,
    event text not null,
    actor text not null,
    entity text not null,
    body text not null,
    hash bytea not null,
    primary key (garage, n)
);

create table money_head (
    garage text primary key,
    n bigint not null,
    hash bytea not null
);
