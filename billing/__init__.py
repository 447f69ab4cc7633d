"""Money: lawful invoices, numbering, payments."""
