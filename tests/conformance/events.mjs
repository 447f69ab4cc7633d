// Use the API by graphql-sse in distinct connections mode: a query, then a subscription that sees
// a card being written. Prints one JSON object.
import { createClient } from "graphql-sse";

const [url, plain, token, operationId, input] = process.argv.slice(2);
const headers = { Authorization: `Bearer ${token}` };
const client = createClient({ url, headers, retryAttempts: 0 });

const take = (payload, count) =>
  new Promise((resolve) => {
    const answers = [];
    const stop = client.subscribe(payload, {
      next: (value) => {
        answers.push(value);
        if (answers.length === count) {
          stop();
          resolve({ answers, error: null });
        }
      },
      error: (error) => resolve({ answers, error: String(error) }),
      complete: () => resolve({ answers, error: null }),
    });
  });

const query = await take({ query: "{ cards(first: 1) { edges { node { key } } } }" }, 5);
const changed = take({ query: "subscription { cardChanged { ... on CardChange { type card { key } } } }" }, 1);
await new Promise((resolve) => setTimeout(resolve, 300));
await fetch(plain, {
  method: "POST",
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify({
    query: `mutation Create($id: UUID!, $card: CardInput!) {
      createCard(operationId: $id, card: $card) { __typename }
    }`,
    variables: { id: operationId, card: JSON.parse(input) },
  }),
});
const change = await changed;
client.dispose();
console.log(JSON.stringify({ query, change }));
