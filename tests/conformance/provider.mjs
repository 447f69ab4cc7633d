// An identity provider that demands PKCE (oidc-provider), on a port of this machine; it knows one
// person and lets them in unasked.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, client, secret, redirect, email] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email, email_verified: true }),
  }),
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/come/${interaction.uid}` },
  async loadExistingGrant(ctx) {
    const { accountId } = ctx.oidc.session;
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
});
const answer = provider.callback();
createServer((request, response) =>
  request.url.startsWith("/come/")
    ? provider.interactionFinished(request, response, { login: { accountId: "one" } })
    : answer(request, response),
).listen(Number(port), "127.0.0.1");
