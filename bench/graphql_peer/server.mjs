// A GraphQL Yoga server over the same Neo4j, as its authors recommend it: the official JWT plugin, one
// DataLoader for each kind of thing and request, one read that commits itself for each trip. The schema is
// ours, whole; what the three documents ask for is resolved, and nothing else. Prints its port and process id.
// It limits its callers as ours does, with the libraries that its authors and most of their users take: GraphQL
// Armor measures depth, aliases, directives, tokens and cost of a document once, when Yoga validates it, and
// keeps the verdict; rate-limiter-flexible counts each request's points for its garage in Redis, one script and
// one trip. Ours counts requests beside the points in its trip, and gives back what was not used.
// Arguments: the SDL file. Environment: NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, TOKEN_SECRET, REDIS_URL.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { EnvelopArmorPlugin } from "@escape.tech/graphql-armor";
import { createInlineSigningKeyProvider, useJWT } from "@graphql-yoga/plugin-jwt";
import DataLoader from "dataloader";
import { createGraphQLError, createSchema, createYoga } from "graphql-yoga";
import { Redis } from "ioredis";
import neo4j from "neo4j-driver";
import { RateLimiterRedis } from "rate-limiter-flexible";

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, TOKEN_SECRET, REDIS_URL } = process.env;
const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD), {
  disableLosslessIntegers: true,
  maxConnectionPoolSize: 40,
});

const SEEN = `($sees_all OR c.visibility IN $seen OR (c.visibility = 'listed' AND (
    EXISTS { (c)-[:VISIBLE_TO]->(:Garage {id: $garage}) }
    OR EXISTS { (c)-[:VISIBLE_TO]->(:Region {name: $region}) })))`;
const WHOLE = `MATCH (v:CardVersion {card: c.id, n: c.version}) USING INDEX SEEK v:CardVersion(card, n)
  RETURN collect({body: v.body, beside: c{.symptom_hash, .times_matched, .times_used, .successes,
    .failures, .reputation, .recheck}}) AS found`;
const PAGE = `MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id) WHERE c.id > $after AND ${SEEN}
  WITH c ORDER BY c.id LIMIT toInteger($first) ${WHOLE}`;
const CARDS = `MATCH (c:FailureCard) USING INDEX SEEK c:FailureCard(id) WHERE c.id IN $keys AND ${SEEN} ${WHOLE}`;
const WORDS = {
  symptoms: "MATCH (n:Symptom) WHERE n.code IN $keys RETURN collect({key: n.code, text: n.text}) AS found",
  codes: `MATCH (n:ErrorCode) WHERE n.key IN $keys
    RETURN collect({key: n.key, code: n.code, description: n.description}) AS found`,
  components: "MATCH (n:Component) WHERE n.id IN $keys RETURN collect({key: n.id, name: n.name}) AS found",
  parts: "MATCH (n:Part) WHERE n.id IN $keys RETURN collect({key: n.id, name: n.name}) AS found",
};

async function read(query, parameters) {
  const session = driver.session({ database: "neo4j", defaultAccessMode: neo4j.session.READ });
  try {
    const result = await session.run(query, parameters);
    return result.records[0].get("found");
  } finally {
    await session.close();
  }
}

function seenBy({ payload }) {
  return {
    sees_all: payload.role === "admin",
    seen: ["all", `garage:${payload.garage}`, `region:${payload.region}`],
    garage: payload.garage,
    region: payload.region,
  };
}

const card = ({ body, beside }) => ({ ...JSON.parse(body), beside });
const words = (query) => new DataLoader(async (keys) => {
  const found = new Map((await read(query, { keys })).map((one) => [one.key, one]));
  return keys.map((key) => found.get(key) ?? null);
});

function loaders(jwt) {
  return {
    cards: new DataLoader(async (keys) => {
      const found = (await read(CARDS, { keys, ...seenBy(jwt) })).map(card);
      const known = new Map(found.map((one) => [one.id, one]));
      return keys.map((key) => known.get(key) ?? null);
    }),
    symptoms: words(WORDS.symptoms),
    codes: words(WORDS.codes),
    components: words(WORDS.components),
    parts: words(WORDS.parts),
  };
}

const sealed = (text) => Buffer.from(text).toString("base64");
const opened = (text) => Buffer.from(text, "base64").toString();
const upper = (value) => value?.toUpperCase() ?? null;
const CATEGORIES = {
  two_wheeler_electric: "TWO_WHEELER",
  three_wheeler_electric: "THREE_WHEELER",
  four_wheeler_electric: "FOUR_WHEELER",
  bus_electric: "BUS",
  other: "OTHER",
};
const LEVELS = { low: 1, medium: 2, high: 3, critical: 4 };
const many = async (loader, keys) => (await loader.loadMany(keys)).filter((one) => one !== null);

function page(items, first, after, key, node = (item) => item) {
  const edges = items.slice(0, first).map((item) => ({ cursor: sealed(key(item)), node: node(item) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: items.length > first,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

const resolvers = {
  Query: {
    card: (_, { id }, { loaders }) => loaders.cards.load(opened(id).split(":").slice(1).join(":")),
    cards: async (_, { first, after }, { jwt }) => {
      const wanted = { first: first + 1, after: after == null ? "" : opened(after), ...seenBy(jwt) };
      return page((await read(PAGE, wanted)).map(card), first, after, (one) => one.id);
    },
  },
  FailureCard: {
    id: (card) => sealed(`FailureCard:${card.id}`),
    key: (card) => card.id,
    status: (card) => upper(card.status),
    source: (card) => upper(card.source),
    category: (card) => CATEGORIES[card.vehicles.find((v) => v.category)?.category ?? "other"],
    make: (card) => {
      const makes = new Set(card.vehicles.map((v) => v.make));
      return makes.size === 1 ? [...makes][0] : null;
    },
    symptomHash: (card) => card.beside.symptom_hash,
    reputation: (card) => card.beside.reputation ?? 0.5,
    recheck: (card) => card.beside.recheck,
    usage: (card) => card.beside,
    vehicles: (card, { first, after }) => {
      const from = after == null ? 0 : Number(opened(after)) + 1;
      const numbered = card.vehicles.map((v, n) => [String(n).padStart(5, "0"), v]).slice(from, from + first + 1);
      return page(numbered, first, after, ([n]) => n, ([, vehicle]) => vehicle);
    },
  },
  Usage: { matched: (beside) => beside.times_matched, used: (beside) => beside.times_used },
  Signature: {
    failureMode: (said) => upper(said.failure_mode),
    severity: (said) => upper(said.severity),
    severityLevel: (said) => LEVELS[said.severity],
    occurrence: (said) => upper(said.occurrence),
    symptoms: (said, _, { loaders }) => many(loaders.symptoms, said.symptoms),
    errorCodes: (said, _, { loaders }) => many(loaders.codes, said.error_codes),
    component: (said, _, { loaders }) => (said.component ? loaders.components.load(said.component) : null),
  },
  Resolution: {
    type: (fix) => upper(fix.type),
    labourMinutes: (fix) => fix.labour_minutes,
    highVoltage: (fix) => fix.high_voltage,
    steps: (fix) => fix.steps.map((step, n) => ({ ...step, number: n + 1 })),
  },
  PartUse: {
    key: (used) => used.part,
    part: (used, _, { loaders }) => loaders.parts.load(used.part),
  },
  Provenance: { createdAt: (origin) => origin.created_at.replace("Z", "+00:00") },
};

// The limits of `resolvers/document_limits.py`; what a document costs is told once, and remembered with it.
const costs = new WeakMap();
const armor = EnvelopArmorPlugin({
  maxDepth: { n: 10 },
  maxAliases: { n: 15 },
  maxDirectives: { n: 30 },
  maxTokens: { n: 2_000 },
  costLimit: { maxCost: 20_000, onAccept: [(context, { n }) => costs.set(context.getDocument(), n)] },
});

// So many that the benchmark's garages never meet it, as with ours.
const minute = new RateLimiterRedis({
  storeClient: new Redis(REDIS_URL, { enableAutoPipelining: true }),
  keyPrefix: "peer",
  points: 100_000_000_000,
  duration: 60,
});
const garageLimit = {
  async onExecute({ args: { document, contextValue } }) {
    const { garage } = contextValue.jwt.payload;
    try {
      await minute.consume(`garage:${garage}`, Math.ceil(costs.get(document) ?? 1));
    } catch (refused) {
      if (refused instanceof Error) throw refused;
      const retry = Math.ceil(refused.msBeforeNext / 1000);
      throw createGraphQLError("Too many requests of this garage at one time.", {
        extensions: { code: "TOO_MANY", http: { status: 429, headers: { "retry-after": retry } } },
      });
    }
  },
};

const yoga = createYoga({
  graphqlEndpoint: "/v1/graphql",
  graphiql: false,
  logging: "error",
  schema: createSchema({
    typeDefs: readFileSync(process.argv[2], "utf8"),
    resolvers,
    resolverValidationOptions: { requireResolversForResolveType: "ignore" },
  }),
  plugins: [
    useJWT({
      signingKeyProviders: [createInlineSigningKeyProvider(TOKEN_SECRET)],
      tokenVerification: { issuer: "battwheels", audience: "battwheels-api", algorithms: ["HS256"] },
      reject: { missingToken: true, invalidToken: true },
    }),
    armor,
    garageLimit,
  ],
  context: ({ jwt }) => ({ loaders: loaders(jwt) }),
});

const server = createServer(yoga);
server.listen(0, "127.0.0.1", () => console.log(server.address().port, process.pid));
