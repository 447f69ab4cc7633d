// A client of one person: documents in, typed answers out; a refusal is a value, an error is thrown.
import { createClient, type Client } from "graphql-ws";
import { print } from "graphql";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";

export class GraphQLRefused extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

const TRIES = 6;
const AGAIN = new Set(["DEADLINE", "UNAVAILABLE"]);

type Answer<T> = { data?: T; errors?: { message: string; extensions?: { code?: string } }[] };

export class Battwheels {
  private readonly sockets: Client;

  constructor(
    readonly url: string,
    private readonly token: string,
  ) {
    this.sockets = createClient({
      url: url.replace(/^http/, "ws"),
      connectionParams: { Authorization: `Bearer ${token}` },
    });
  }

  // Ask, and ask again while there is no answer: the operation id makes that safe.
  async ask<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
    for (let left = TRIES; ; left -= 1) {
      try {
        return await this.once(document, variables);
      } catch (error) {
        const again = error instanceof TypeError || (error instanceof GraphQLRefused && AGAIN.has(error.code));
        if (!again || left <= 1) throw error;
        await new Promise((resolve) => setTimeout(resolve, (TRIES - left + 1) * 500));
      }
    }
  }

  private async once<T, V>(document: TypedDocumentNode<T, V>, variables: V): Promise<T> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: print(document), variables }),
    });
    const answer = (await response.json()) as Answer<T>;
    const error = answer.errors?.[0];
    if (error) throw new GraphQLRefused(error.message, error.extensions?.code ?? "UNKNOWN");
    if (!answer.data) throw new GraphQLRefused("There was no answer.", "UNKNOWN");
    return answer.data;
  }

  // Hear a subscription until `enough` says so; cut off, graphql-ws connects anew by itself.
  async hear<T, V extends Record<string, unknown>>(
    document: TypedDocumentNode<T, V>,
    variables: V,
    enough: (told: T) => boolean,
  ): Promise<T> {
    const told = this.sockets.iterate<T>({ query: print(document), variables });
    for await (const one of told) if (one.data && enough(one.data)) return one.data;
    throw new GraphQLRefused("The subscription ended.", "ENDED");
  }

  async close(): Promise<void> {
    await this.sockets.dispose();
  }
}
