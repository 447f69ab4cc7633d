// Starts GraphiQL on the API that served this page. Put the token among the headers:
// {"Authorization": "Bearer …"}; sockets send the same headers when they open.
"use strict";

const place = document.getElementById("explorer");
const endpoint = new URL(place.dataset.endpoint, window.location.href);
const sockets = new URL(endpoint);
sockets.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

const ask = GraphiQL.createFetcher({
  url: endpoint.href,
  wsClient: undefined,
  headers: { "GraphQL-Require-Preflight": "1" },
});

function written(headers) {
  const found = Object.entries(headers || {}).find(([name]) => name.toLowerCase() === "authorization");
  return found ? { authorization: found[1] } : {};
}

function follow(operation, headers) {
  const client = graphqlWs.createClient({ url: sockets.href, connectionParams: written(headers) });
  return {
    subscribe(sink) {
      const stop = client.subscribe(operation, sink);
      return { unsubscribe: stop };
    },
  };
}

function fetcher(operation, options) {
  const kinds = (options && options.documentAST ? options.documentAST.definitions : []).filter(
    (d) =>
      d.kind === "OperationDefinition" &&
      (!operation.operationName || (d.name && d.name.value === operation.operationName)),
  );
  const live = kinds.some((d) => d.operation === "subscription");
  return live ? follow(operation, options.headers) : ask(operation, options);
}

// A link may carry the token behind its #, which browsers keep to themselves.
const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
const welcome = `# Ask for the fix of a failure. Every verb needs a token among the headers below:
# battwheels token --role technician
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
  defaultHeaders: JSON.stringify({ Authorization: `Bearer ${token || "TOKEN"}` }),
});
ReactDOM.createRoot(place).render(element);
