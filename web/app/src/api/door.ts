// The door that needs no token: signing in, the second factor, a fresh access token.
import type { TypedDocumentString } from "../sign-in/gql/graphql";

const DOOR = "/v1/graphql/sign-in";

/** Ask the door once. The refresh token comes as a cookie that no script reads. */
export async function askDoor<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const answer = await fetch(DOOR, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "GraphQL-Require-Preflight": "1" },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  const told = await answer.json();
  if (told.errors) throw new Error(told.errors[0].message);
  return told.data;
}
