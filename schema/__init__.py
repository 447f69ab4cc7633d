"""What the API can speak of: GraphQL nouns and the printed SDL."""
