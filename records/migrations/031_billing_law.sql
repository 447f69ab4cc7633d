-- What is written stays as it is: no UPDATE, DELETE or TRUNCATE, whoever asks.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'what is issued never changes: % on %', tg_op, tg_table_name
        using errcode = 'restrict_violation',
              hint = 'Write a credit note, a refund or a void instead.';
end $$;

create function keep_forever(kept regclass) returns void language plpgsql as $$
begin
    execute format('create trigger kept before update or delete on %s
                    for each row execute function refuse_change()', kept);
    execute format('create trigger kept_whole before truncate on %s
                    for each statement execute function refuse_change()', kept);
    execute format('revoke update, delete, truncate on %s from public', kept);
end $$;

select keep_forever(kept) from unnest(array[
    'document', 'invoice', 'invoice_line', 'void_invoice', 'closed_month', 'posting', 'entry',
    'payment', 'billing_operation', 'money_event'
]::regclass[]) as kept;

-- Partitions, one a month. The truncate of one is refused as that of the whole is.
create function make_partition(of_table text, month date) returns void language plpgsql as $$
declare
    made text := format('%s_%s', of_table, to_char(month, 'YYYY_MM'));
begin
    if to_regclass(made) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)',
                       made, of_table, month, (month + interval '1 month')::date);
        execute format('create trigger kept_whole before truncate on %I
                        for each statement execute function refuse_change()', made);
    end if;
end $$;

-- The months from `first` on, `ahead` of them beyond the first; what is there stays as it is.
create function make_partitions(first date, ahead integer) returns void language plpgsql as $$
declare
    month date;
begin
    perform pg_advisory_xact_lock(7119310234);
    for month in select date_trunc('month', first)::date + make_interval(months => n)
                 from generate_series(0, ahead) as n loop
        perform make_partition('invoice', month);
        perform make_partition('invoice_line', month);
    end loop;
end $$;

-- Rows of a month that nobody made ahead are not lost: they wait here, and this is watched.
create table invoice_default partition of invoice default;
create table invoice_line_default partition of invoice_line default;
select make_partitions(current_date - 31, 4);

-- A posting is written by one statement, and its debits are its credits.
create function demand_balance() returns trigger language plpgsql as $$
begin
    if exists (select from added group by posting having sum(paise) <> 0) then
        raise exception 'a posting does not balance' using errcode = 'check_violation';
    end if;
    return null;
end $$;

create trigger balanced after insert on entry
    referencing new table as added for each statement execute function demand_balance();

-- The totals of the month grow with the lines, however these come in.
create function add_to_month() returns trigger language plpgsql as $$
begin
    insert into month_total as held
        (garage, month, kind, code, rate_bp, lines, taxable_paise, cgst_paise, sgst_paise, igst_paise)
    select garage, date_trunc('month', issue_date)::date, kind, code, rate_bp, count(*),
           sum(taxable_paise), sum(cgst_paise), sum(sgst_paise), sum(igst_paise)
    from added group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (garage, month, kind, code, rate_bp) do update set
        lines = held.lines + excluded.lines,
        taxable_paise = held.taxable_paise + excluded.taxable_paise,
        cgst_paise = held.cgst_paise + excluded.cgst_paise,
        sgst_paise = held.sgst_paise + excluded.sgst_paise,
        igst_paise = held.igst_paise + excluded.igst_paise;
    return null;
end $$;

create trigger totalled after insert on invoice_line
    referencing new table as added for each statement execute function add_to_month();

-- A void takes its lines out of the month again; a void is rare, and counts no line twice.
create function take_from_month() returns trigger language plpgsql as $$
begin
    update month_total as held set
        lines = held.lines - gone.lines,
        taxable_paise = held.taxable_paise - gone.taxable_paise,
        cgst_paise = held.cgst_paise - gone.cgst_paise,
        sgst_paise = held.sgst_paise - gone.sgst_paise,
        igst_paise = held.igst_paise - gone.igst_paise
    from (select line.garage, date_trunc('month', line.issue_date)::date as month, line.kind,
                 line.code, line.rate_bp, count(*) as lines, sum(taxable_paise) as taxable_paise,
                 sum(cgst_paise) as cgst_paise, sum(sgst_paise) as sgst_paise,
                 sum(igst_paise) as igst_paise
          from added join invoice_line as line
              on line.issue_date = added.issue_date and line.invoice = added.invoice
          group by 1, 2, 3, 4, 5) as gone
    where (held.garage, held.month, held.kind, held.code, held.rate_bp)
        = (gone.garage, gone.month, gone.kind, gone.code, gone.rate_bp);
    return null;
end $$;

create trigger totalled after insert on void_invoice
    referencing new table as added for each statement execute function take_from_month();

-- The role for a service that does not own the tables: it may add to the books, never change them.
do $$
begin
    if not exists (select from pg_roles where rolname = 'battwheels_billing') then
        create role battwheels_billing nologin;
    end if;
    grant select, insert on document, invoice, invoice_line, void_invoice, closed_month, posting,
        entry, payment, billing_operation, money_event to battwheels_billing;
    grant select, insert, update on billing_setting, counter, invoice_balance, month_total,
        money_head to battwheels_billing;
    grant select, insert, update, delete on invoiced_ticket to battwheels_billing;
exception when insufficient_privilege then
    raise notice 'the role battwheels_billing is for whoever may create roles to make';
end $$;
