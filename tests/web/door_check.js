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

const [script, start, signIn] = process.argv.slice(2).map((file) => fs.readFileSync(file, "utf8"));
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

// Open the form in a browser; give what a person sees, and what presses its button.
function opened() {
  const shown = { lines: [], reloads: 0 };
  const field = () => ({ value: "", disabled: false, parentElement: { hidden: true }, focus() {} });
  const elements = { email: field(), password: field(), code: field() };
  let press = null;
  const form = {
    dataset: { door: "/door" },
    elements,
    addEventListener: (_, listener) => (press = listener),
  };
  const said = { replaceChildren: (...lines) => (shown.lines = lines.map((one) => one.textContent)) };
  const page = {
    ...world,
    document: {
      getElementById: (id) => (id === "said" ? said : form),
      createElement: () => ({ textContent: "" }),
    },
    window: { location: { reload: () => (shown.reloads += 1) } },
  };
  vm.runInNewContext(`${script}; ${signIn}`, page);
  return { shown, elements, press: () => press({ preventDefault() {} }) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function checkForm() {
  asked.splice(0);
  const nobody = { data: { owedSecondFactor: { __typename: "SignInRefused", message: "nobody." } } };
  const owes = { __typename: "SecondFactorDemanded", challenge: "word" };
  const inside = (role) => ({ __typename: "SignedIn", role, recoveryCodes: null });
  answers.push(nobody, { data: { signIn: owes } });
  const form = opened();
  await settled();
  assert.deepEqual([form.shown.lines, form.elements.email.disabled], [[], false]);
  form.press();
  await settled();
  assert.deepEqual([form.elements.email.disabled, form.elements.code.required], [true, true]);
  answers.push({ data: { confirmSecondFactor: { message: "the code is wrong." } } });
  form.press();
  await settled();
  assert.deepEqual([form.shown.lines, form.shown.reloads], [["the code is wrong."], 0]);
  answers.push({ data: { confirmSecondFactor: inside("ADMIN") } });
  form.press();
  await settled();
  assert.deepEqual([form.shown.lines, form.shown.reloads], [[], 1]);

  // Whoever comes back from another service goes on with the code.
  answers.push({ data: { owedSecondFactor: owes } });
  const back = opened();
  await settled();
  answers.push({ data: { confirmSecondFactor: inside("MANAGER") } });
  back.press();
  await settled();
  const outside = "You are signed in. The explorer is for administrators.";
  assert.deepEqual([back.shown.lines, back.shown.reloads], [[outside], 0]);
  const confirmed = ["confirmSecondFactor", "confirmSecondFactor"];
  assert.deepEqual(
    asked.map((one) => one[2]),
    ["owedSecondFactor", "signIn", ...confirmed, "owedSecondFactor", "confirmSecondFactor"],
  );
}

check().then(checkExplorer).then(checkForm).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
