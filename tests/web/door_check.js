// Runs the pages' own scripts against a door that answers what it is told; silent where all holds.
"use strict";

const assert = require("node:assert/strict");
const fs = require("node:fs");
const vm = require("node:vm");

const MINUTE = 60_000;
const answers = [];
const asked = [];

async function fetch(address, sent) {
  asked.push([address, sent.method, JSON.parse(sent.body).query.match(/\{\s*(\w+)/)[1]]);
  return { json: async () => answers.shift() };
}

function signedIn(verb, token, minutes) {
  const expiresAt = new Date(Date.now() + minutes * MINUTE).toISOString();
  return { data: { [verb]: { __typename: "SignedIn", accessToken: token, expiresAt } } };
}

const [script, start] = process.argv.slice(2).map((file) => fs.readFileSync(file, "utf8"));
const locks = { request: (_, work) => work() };
const world = { fetch, crypto: globalThis.crypto, navigator: { locks }, Date };
const { Door, Session } = vm.runInNewContext(`${script}; ({ Door, Session })`, world);

async function check() {
  const door = new Door("/door");
  const cookie = new Session(door, null);
  answers.push(signedIn("refresh", "one", 15));
  assert.deepEqual(await Promise.all([cookie.token(), cookie.token()]), ["one", "one"]);
  assert.equal(await cookie.token(), "one");
  assert.deepEqual(asked.splice(0), [["/door", "POST", "refresh"]]);

  const over = { __typename: "SignInRefused", message: "the session is over." };
  const short = new Session(door, () => door.signIn("asha@example.org", "words"));
  answers.push(signedIn("signIn", "first", 0.5), { data: { refresh: over } });
  answers.push(signedIn("signIn", "second", 15));
  assert.deepEqual([await short.token(), await short.token()], ["first", "second"]);
  assert.deepEqual(asked.splice(0).map((one) => one[2]), ["signIn", "refresh", "signIn"]);

  answers.push({ data: { refresh: over } });
  const nobody = new Session(door, null);
  await assert.rejects(nobody.token(), { message: "the session is over. Reload this page." });
  answers.push({ errors: [{ message: "Too many." }] });
  await assert.rejects(nobody.token(), { message: "Too many." });
}

// Give what the explorer sends of a question, where the page has this behind its `#`.
async function sent(fragment, headers) {
  let props = null;
  const place = { dataset: { endpoint: "/api", door: "/door", signedIn: "" } };
  const page = {
    ...world,
    URL,
    URLSearchParams,
    document: { getElementById: () => place },
    window: { location: { href: "http://127.0.0.1:8000/", hash: fragment } },
    GraphiQL: { createFetcher: () => (_, options) => options.headers },
    React: { createElement: (_, given) => (props = given) },
    ReactDOM: { createRoot: () => ({ render: () => {} }) },
  };
  vm.runInNewContext(`${script}; ${start}`, page);
  const found = await props.fetcher({ query: "{ __typename }" }, { headers });
  return [props.defaultHeaders, { ...found }];
}

async function checkExplorer() {
  answers.push(signedIn("signIn", "asha", 15));
  const people = "#email=asha%40example.org&password=some+words";
  assert.deepEqual(await sent(people, {}), ["", { Authorization: "Bearer asha" }]);
  const own = { authorization: "Bearer own" };
  assert.deepEqual(await sent(people, own), ["", own]);
  const minted = '{"Authorization":"Bearer minted"}';
  assert.deepEqual(await sent("#token=minted", own), [minted, own]);
}

check().then(checkExplorer).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
