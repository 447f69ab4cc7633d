"""PostgreSQL: pool, migrations, the change log and idempotency keys."""
