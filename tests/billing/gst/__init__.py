"""The law of GST as values."""
