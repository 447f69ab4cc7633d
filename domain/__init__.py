"""The words of the trade: pure values and decisions, on the standard library alone."""
