-- name: get
-- What a garage says of itself.
select garage, version, legal_name, address, state, pincode, gstin, labour_rate, series, upi,
       hsn_digits, turnover, scheme, changed_at, changed_by
from billing_setting where garage = %(garage)s

-- name: of_gstin
-- Who numbers for a taxpayer now, or has; a garage without settings has issued nothing.
select garage, version, legal_name, address, state, pincode, gstin, labour_rate, series, upi,
       hsn_digits, turnover, scheme, changed_at, changed_by
from billing_setting
where gstin = %(gstin)s or garage in (select garage from document where seller = %(gstin)s)
order by garage

-- name: same_series
-- Another garage of the same taxpayer that numbers in this series.
select garage from billing_setting
where garage <> %(garage)s and gstin = %(gstin)s and series = %(series)s

-- name: set
-- What holds from now on.
insert into billing_setting as held
    (garage, version, legal_name, address, state, pincode, gstin, labour_rate, series, upi,
     hsn_digits, turnover, scheme, changed_at, changed_by)
values (%(garage)s, %(version)s, %(legal_name)s, %(address)s, %(state)s, %(pincode)s, %(gstin)s,
        %(labour_rate)s, %(series)s, %(upi)s, %(hsn_digits)s, %(turnover)s, %(scheme)s, %(at)s,
        %(actor)s)
on conflict (garage) do update set
    version = excluded.version, legal_name = excluded.legal_name, address = excluded.address,
    state = excluded.state, pincode = excluded.pincode, gstin = excluded.gstin,
    labour_rate = excluded.labour_rate, series = excluded.series, upi = excluded.upi,
    hsn_digits = excluded.hsn_digits, turnover = excluded.turnover,
    scheme = excluded.scheme, changed_at = excluded.changed_at,
    changed_by = excluded.changed_by
