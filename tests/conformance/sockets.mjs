// Use the API by graphql-ws: a query, a mutation, a subscription that sees the mutation, and a
// syntax error that leaves the subscription alive. Prints one JSON object.
import { createClient } from "graphql-ws";

const [url, token, operationId, secondId, input] = process.argv.slice(2);
const closed = [];
const client = createClient({
  url,
  retryAttempts: 0,
  connectionParams: { Authorization: `Bearer ${token}` },
  on: { closed: (event) => closed.push(event.code) },
});

const once = (payload) =>
  new Promise((resolve) => {
    const answers = [];
    client.subscribe(payload, {
      next: (value) => answers.push(value),
      error: (error) => resolve({ answers, error }),
      complete: () => resolve({ answers, error: null }),
    });
  });

const CREATE = `mutation Create($id: UUID!, $card: CardInput!) {
  createCard(operationId: $id, card: $card) { __typename ... on CardCreated { card { key } } }
}`;
const create = (id) => once({ query: CREATE, variables: { id, card: JSON.parse(input) } });

const query = await once({ query: "{ cards(first: 1) { edges { node { key } } } }" });

const changes = [];
let told;
const second = new Promise((resolve) => (told = resolve));
const stop = client.subscribe(
  { query: "subscription { cardChanged { ... on CardChange { type card { key title } } } }" },
  {
    next: (value) => {
      changes.push(value);
      if (changes.length === 2) told();
    },
    error: told,
    complete: () => {},
  },
);
await new Promise((resolve) => setTimeout(resolve, 300));
const mutation = await create(operationId);
const broken = await once({ query: "{ cards(" });
await create(secondId);
await second;
stop();
console.log(JSON.stringify({ query, mutation, broken, changes, closed }));
