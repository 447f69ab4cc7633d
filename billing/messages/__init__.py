"""What customers are told of their invoices, and by whom it is carried."""
