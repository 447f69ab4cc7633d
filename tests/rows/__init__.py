"""The rows of the specification: their text, what proves each, and the page that says so."""
