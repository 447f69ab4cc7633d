-- name: levels
-- What came and went of some parts.
select part, coalesce(sum(quantity) filter (where quantity > 0), 0)::bigint as added,
       coalesce(-sum(quantity) filter (where quantity < 0), 0)::bigint as removed
from stock_delta where garage = %(garage)s and part = any(%(parts)s) group by part
