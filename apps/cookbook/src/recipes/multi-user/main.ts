// Shows: a web service that derives tenant and agent from a bearer token.
// Look at: a path returns data of the user's own tenant; a feed resumes after a disconnect. --serve keeps it running.

import { printTable } from "../../print/table.ts";
import { createLocation, storageAt } from "../../storage/location.ts";
import { readMessages } from "./read-messages.ts";
import { type Service, startService } from "./service.ts";
import { Users } from "./users.ts";

const tokens = {
  ann: crypto.randomUUID(),
  ben: crypto.randomUUID(),
  gus: crypto.randomUUID(),
  sue: crypto.randomUUID(),
};
const users = new Users()
  .add(tokens.ann, { tenant: "acme", agent: "Ann", role: "contributor" })
  .add(tokens.ben, { tenant: "acme", agent: "Ben", role: "readonly" })
  .add(tokens.gus, { tenant: "globex", agent: "Gus", role: "contributor" })
  .add(tokens.sue, { tenant: "acme", agent: "Sue", role: "admin" });

const { location, text, remove } = await createLocation();
const service = await startService({ storage: storageAt(location), users });
console.log(`Storage: ${text}\n`);
await (process.argv.includes("--serve") ? serve(service) : play(service));
await service.close();
await remove();
console.log("The service is closed.");

/** Waits for Ctrl-C. */
async function serve({ url }: Service): Promise<void> {
  console.log(`The service runs at ${url}. Try, in another terminal:\n`);
  for (const [user, token] of Object.entries(tokens))
    console.log(`  # as ${user}\n  curl ${url}/me -H "Authorization: Bearer ${token}"`);
  const bearer = `-H "Authorization: Bearer ${tokens.ann}"`;
  console.log(`\n  curl -X PUT ${url}/items/hello ${bearer} -d '{"value":"world","global":true}'`);
  console.log(`  curl -N ${url}/watch ${bearer}\n`);
  console.log(`Studio for Sue: ${url}/studio/#token=${tokens.sue}\n\nCtrl-C ends it.`);
  const alive = setInterval(() => {}, 60_000);
  await new Promise((stop) => process.once("SIGINT", stop).once("SIGTERM", stop));
  clearInterval(alive);
}

async function play({ url }: Service): Promise<void> {
  const rows: Record<string, string | number>[] = [];
  async function ask(
    as: keyof typeof tokens | "unknown",
    request: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<void> {
    const [method = "", path = ""] = request.split(" ");
    const token = as === "unknown" ? "guessed" : tokens[as];
    const response = await fetch(url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = response.status === 204 ? {} : ((await response.json()) as Answer);
    rows.push({ as, request, status: response.status, answer: summarize(answer) });
  }

  await ask("unknown", "GET /me");
  await ask("ann", "GET /me");
  await ask("gus", "GET /me");
  await ask("ann", "PUT /items/deal", { value: "bread", topics: ["deals"] });
  await ask("gus", "PUT /items/deal", { value: "films", topics: ["deals"] });
  await ask("ann", "GET /items/deal");
  await ask("gus", "GET /items/deal");
  await ask("gus", "GET /items?tenant=acme");
  await ask("gus", "PUT /items/x", { value: 1, global: true, tenant: "acme" });
  await ask("ben", "GET /items/deal");
  await ask("ben", "PUT /items/deal", { value: "mine" });
  await ask("ann", "PUT /items/deal", { value: "cake" }, { "If-Match": '"1"' });
  await ask("ann", "PUT /items/deal", { value: "cake" }, { "If-Match": '"1"' });
  await ask("ann", "POST /tools/get_context", { keys: ["deal"] });
  await ask("ann", "GET /studio/api/session");
  await ask("sue", "GET /studio/api/session");
  await ask("sue", "GET /studio/api/item?tenant=acme&key=deal&as=Ben");
  await ask("sue", "GET /studio/api/items?tenant=globex");
  printTable(rows);

  console.log("\nGus' feed:");
  const since = await follow(url, undefined, "ready");
  await fetch(`${url}/items/news`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${tokens.gus}` },
    body: JSON.stringify({ value: "while he was away", global: true }),
  });
  console.log("He disconnects, and resumes with Last-Event-ID:");
  await follow(url, since, "put");
}

interface Answer {
  tenant?: string;
  agent?: string;
  value?: unknown;
  revision?: number;
  code?: string;
  context?: unknown;
  person?: string;
  explanation?: { agent: string; notVisibleBecause?: string };
}

function summarize({ tenant, agent, value, revision, code, context, ...studio }: Answer): string {
  if (code !== undefined) return code;
  if (studio.person !== undefined) return `Studio for ${studio.person}`;
  if (studio.explanation !== undefined) {
    const { agent: viewer, notVisibleBecause = "visible" } = studio.explanation;
    return `${viewer}: ${notVisibleBecause}`;
  }
  if (tenant !== undefined) return `${agent} of ${tenant}`;
  if (context !== undefined) return JSON.stringify(context);
  return value === undefined ? `revision ${revision}` : JSON.stringify(value);
}

/** Prints messages up to one of this type and returns its id. */
async function follow(url: string, since: string | undefined, until: string): Promise<string> {
  const response = await fetch(`${url}/watch`, {
    headers: { Authorization: `Bearer ${tokens.gus}`, ...(since && { "Last-Event-ID": since }) },
  });
  for await (const { event, data, id } of readMessages(response)) {
    const { key, value } = data as { key?: string; value?: unknown };
    console.log(
      `  ${event.padEnd(5)} ${key === undefined ? "" : `${key} = ${JSON.stringify(value)}`}`.trimEnd(),
    );
    if (event === until) return id;
  }
  return "";
}
