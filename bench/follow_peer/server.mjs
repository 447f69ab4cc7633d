// A graphql-ws server as its authors recommend it: graphql-js executes the subscription for every
// subscriber. The card that changed is an object in memory: no store, no token, no visibility.
// POST /change with a title tells a change. Prints its port and process id.
import { createServer } from "node:http";
import { buildSchema } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const schema = buildSchema(`
  type Query { ok: Boolean }
  type Step { action: String! minutes: Int }
  type Resolution { type: String! steps: [Step!]! }
  type Cause { primary: String! }
  type Card { id: ID! key: String! version: Int! status: String! title: String! category: String!
    cause: Cause! resolution: Resolution! }
  type CardChange { type: String! cursor: String! card: Card! }
  type Resync { cursor: String! }
  union CardNews = CardChange | Resync
  type Subscription { cardChanged(after: String): CardNews! }
`);

const listeners = new Set();
let cursor = 0;

async function* changes() {
  const waiting = [];
  let wake = () => {};
  const listener = (change) => {
    waiting.push(change);
    wake();
  };
  listeners.add(listener);
  try {
    while (true) {
      while (waiting.length) yield { cardChanged: waiting.shift() };
      await new Promise((resolve) => (wake = resolve));
    }
  } finally {
    listeners.delete(listener);
  }
}

function change(title) {
  cursor += 1;
  return {
    __typename: "CardChange",
    type: "CARD_VERIFIED",
    cursor: String(cursor),
    card: {
      id: `RmFpbHVyZUNhcmQ6ZmNf${cursor}`,
      key: `fc_019a0000-0000-7000-8000-${String(cursor).padStart(12, "0")}`,
      version: 2,
      status: "VERIFIED",
      title,
      category: "OTHER",
      cause: { primary: "Synthetic" },
      resolution: { type: "REPAIR", steps: [{ action: "Check the connector", minutes: 5 }] },
    },
  };
}

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const told = change(body);
    for (const listener of listeners) listener(told);
    response.end("{}");
  });
});
const sockets = new WebSocketServer({ server, path: "/v1/graphql" });
useServer({ schema, roots: { subscription: { cardChanged: changes } } }, sockets);
server.listen(0, "127.0.0.1", () => console.log(server.address().port, process.pid));
