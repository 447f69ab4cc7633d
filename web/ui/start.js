// Starts GraphiQL on the API that served this page. What stands among the headers is sent:
// {"Authorization": "Bearer …"}; without one, whoever is signed in asks. Sockets send the same when
// they open.
"use strict";

const place = document.getElementById("explorer");
const endpoint = new URL(place.dataset.endpoint, window.location.href);
const sockets = new URL(endpoint);
sockets.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

// A link may carry a token, or the words that a person of the demo signs in with, behind its #,
// which browsers keep to themselves.
const carried = new URLSearchParams(window.location.hash.slice(1));
const door = new Door(place.dataset.door);
const token = carried.get("token");
const signIn = carried.has("email")
  ? () => door.signIn(carried.get("email"), carried.get("password"))
  : null;
const session = signIn || place.dataset.signedIn ? new Session(door, signIn) : null;

const ask = GraphiQL.createFetcher({
  url: endpoint.href,
  wsClient: undefined,
  headers: { "GraphQL-Require-Preflight": "1" },
});

const isAuthorization = ([name]) => name.toLowerCase() === "authorization";

// What is sent of the headers: what stands there, and else the token of who is signed in.
async function signed(headers) {
  const written = Object.entries(headers || {});
  if (!session || written.some(isAuthorization)) return { ...headers };
  return { ...headers, Authorization: `Bearer ${await session.token()}` };
}

function follow(operation, headers) {
  const found = Object.entries(headers).find(isAuthorization);
  const connectionParams = found ? { authorization: found[1] } : {};
  const client = graphqlWs.createClient({ url: sockets.href, connectionParams });
  return {
    subscribe(sink) {
      const stop = client.subscribe(operation, sink);
      return { unsubscribe: stop };
    },
  };
}

async function fetcher(operation, options) {
  const kinds = (options && options.documentAST ? options.documentAST.definitions : []).filter(
    (d) =>
      d.kind === "OperationDefinition" &&
      (!operation.operationName || (d.name && d.name.value === operation.operationName)),
  );
  const headers = await signed(options && options.headers);
  if (kinds.some((d) => d.operation === "subscription")) return follow(operation, headers);
  return ask(operation, { ...options, headers });
}

const welcome = `# Ask for the fix of a failure. Every verb needs somebody who is signed in, or a token among the
# headers below: battwheels token --role technician
query {
  match(
    report: {
      text: "Scooter stops charging near 80 percent. Gaadi poori charge nahi hoti. P0A7F"
      vehicle: { make: "Ather", model: "450X", year: 2022 }
    }
  ) {
    __typename
    ... on Matches {
      level
      matches { rank score standing sentence card { title resolution { steps { action minutes } } } }
    }
  }
}
`;

const element = React.createElement(GraphiQL, {
  fetcher,
  defaultEditorToolsVisibility: "headers",
  shouldPersistHeaders: false,
  defaultQuery: welcome,
  defaultHeaders: session ? "" : JSON.stringify({ Authorization: `Bearer ${token || "TOKEN"}` }),
});
ReactDOM.createRoot(place).render(element);
