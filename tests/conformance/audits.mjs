// Run every audit of graphql-http against URL; one JSON line for each.
import { serverAudits } from "graphql-http";

const url = process.argv[2];
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const { status, reason, response } = await audit.fn();
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status, reason: reason ?? null }));
  await response?.body?.cancel?.().catch(() => {});
}
