"""From a report to a short, ranked, explained list of cards."""
