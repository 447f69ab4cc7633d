"""What the API can do: GraphQL verbs, loaders and guards."""
