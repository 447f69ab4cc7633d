"""A garage's books in Postgres: documents, payments, stock and prices, and the audit of all."""
