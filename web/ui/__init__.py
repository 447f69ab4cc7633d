"""GraphiQL for development: its page, and the assets that this service serves itself."""
