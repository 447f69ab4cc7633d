// Who is signed in, for the pages of this API: the verbs of its door, and an access token that is
// fresh. The refresh token is a cookie that no script reads; the access token stays in memory.
"use strict";

const WHY = "... on SignInRefused { message } ... on UnfitInput { message }";
const LATE = "... on TooManySignIns { message }";
const IN = `__typename ... on SignedIn { role accessToken expiresAt recoveryCodes } ${WHY}`;
const SIGN_IN = `mutation ($op: UUID!, $email: String!, $password: String!) {
  signIn(operationId: $op, email: $email, password: $password, client: BROWSER) {
    ${IN} ${LATE}
    ... on SecondFactorDemanded { challenge }
    ... on SecondFactorOffered { challenge secret uri } } }`;
const CONFIRM = `mutation ($op: UUID!, $challenge: String!, $code: String!) {
  confirmSecondFactor(operationId: $op, challenge: $challenge, code: $code, client: BROWSER) {
    ${IN} ${LATE} } }`;
// What a browser owes that another service sent back: a cookie says whose it is.
const OWED = `query { owedSecondFactor { __typename ${WHY}
  ... on SecondFactorDemanded { challenge }
  ... on SecondFactorOffered { challenge secret uri } } }`;
const REFRESH = `mutation ($op: UUID!) { refresh(operationId: $op) { ${IN} } }`;
// A token is renewed before it ends: a request takes a while.
const SPARE_MS = 60_000;

class Door {
  constructor(address) {
    this.address = address;
  }

  signIn(email, password) {
    return this.ask(SIGN_IN, withOperation({ email, password }));
  }

  confirm(challenge, code) {
    return this.ask(CONFIRM, withOperation({ challenge, code }));
  }

  owed() {
    return this.ask(OWED);
  }

  refresh() {
    return this.ask(REFRESH, withOperation());
  }

  async ask(query, variables) {
    const answer = await fetch(this.address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "GraphQL-Require-Preflight": "1" },
      body: JSON.stringify({ query, variables }),
    });
    const told = await answer.json();
    if (told.errors) throw new Error(told.errors[0].message);
    return Object.values(told.data)[0];
  }
}

class Session {
  // `signIn` begins it where a link brought the words for that; null: the cookie alone goes on.
  constructor(door, signIn) {
    this.door = door;
    this.signIn = signIn;
    this.entry = null;
    this.renewal = null;
  }

  // Give a token that is good for a while; many who ask at once use one refresh token up.
  token() {
    if (this.entry && Date.parse(this.entry.expiresAt) - Date.now() > SPARE_MS) {
      return Promise.resolve(this.entry.accessToken);
    }
    this.renewal ??= this.renewed().finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  async renewed() {
    const begins = this.entry === null && this.signIn !== null;
    let found = begins ? null : await alone(() => this.door.refresh());
    if (found?.__typename !== "SignedIn" && this.signIn) found = await this.signIn();
    if (found?.__typename !== "SignedIn") {
      this.entry = null;
      throw new Error(`${found?.message ?? "Nobody is signed in."} Reload this page.`);
    }
    this.entry = found;
    return found.accessToken;
  }
}

// Each change has an id of its own, by which it is done once.
function withOperation(variables) {
  return { op: crypto.randomUUID(), ...variables };
}

// Two pages of one browser share the cookie: a token that both used would end their session.
function alone(work) {
  return navigator.locks ? navigator.locks.request("battwheels-refresh", work) : work();
}
