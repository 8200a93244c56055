import { liveFeed } from "./live-feed.ts";
import { McpClient } from "./mcp-client.ts";
import { Runtime } from "./runtime.ts";

const MEMBERS = ["acme/Claude", "acme/Codex", "globex/Gus"];

interface Listing {
  readonly you: string;
  readonly keys: readonly string[];
}

/**
 * Two agents of one tenant share context through the Worker, one of another tenant sees none of it; then the runtime is
 * restarted, and a tenant is moved.
 * @param folder keeps the objects
 * @param say prints a line
 */
export async function writeTranscript(folder: string, say: (line: string) => void): Promise<void> {
  const cursor = await shareContext(folder, say);
  say("");
  await restart(folder, cursor, say);
}

/** Returns the cursor of the last change that Codex received. */
async function shareContext(folder: string, say: (line: string) => void): Promise<string> {
  await using runtime = await Runtime.start({ members: MEMBERS, folder });
  const { url } = runtime;
  const codexToken = runtime.member("acme/Codex").token;
  await using claude = await McpClient.connect(url, runtime.member("acme/Claude"));
  await using codex = await McpClient.connect(url, runtime.member("acme/Codex"));
  await using gus = await McpClient.connect(url, runtime.member("globex/Gus"));
  await codex.call("subscribe_to_topics", { topics: ["launch"] });

  const stop = new AbortController();
  const feed = liveFeed(url, codexToken, { signal: stop.signal });
  await feed.next(); // `ready`: all that Codex sees so far
  await claude.call("push_context", { key: "plan", value: "Ship on Friday.", topics: ["launch"] });
  const { value: change } = await feed.next();
  say(
    `Codex's live feed: ${change?.type} ${change?.data.item?.key} = ${JSON.stringify(change?.data.item?.value)}`,
  );
  const { you, keys } = await gus.call<Listing>("list_context");
  say(`${you} of globex, another object, sees ${keys.length} items`);

  await claude.call("push_context", {
    key: "hint",
    value: "Soon gone.",
    topics: ["launch"],
    ttl_hours: 0.0003,
  });
  await feed.next();
  const { value: expiry } = await feed.next();
  say(`Codex's live feed: ${expiry?.type} ${expiry?.data.key}, by the object's alarm`);
  stop.abort();
  await feed.return();
  return expiry?.cursor ?? "";
}

async function restart(folder: string, cursor: string, say: (line: string) => void): Promise<void> {
  await using runtime = await Runtime.start({ members: MEMBERS, folder });
  const { url, operatorToken } = runtime;
  say("The runtime was restarted.");
  await using codex = await McpClient.connect(url, runtime.member("acme/Codex"));
  await using claude = await McpClient.connect(url, runtime.member("acme/Claude"));
  const { keys } = await codex.call<Listing>("list_context");
  say(`Codex sees ${keys.join(", ")}`);
  await claude.call("push_context", { key: "plan", value: "Ship on Monday." });
  const stop = new AbortController();
  const feed = liveFeed(url, runtime.member("acme/Codex").token, {
    since: cursor,
    signal: stop.signal,
  });
  const { value: change } = await feed.next();
  say(
    `Its feed resumes where it was: ${change?.type} ${change?.data.item?.key} = ${JSON.stringify(change?.data.item?.value)}`,
  );
  stop.abort();
  await feed.return();

  const headers = { authorization: `Bearer ${operatorToken}` };
  const exported = await (await fetch(new URL("/tenants/acme", url), { headers })).text();
  const put = { method: "PUT", headers, body: exported };
  const moved = await fetch(new URL("/tenants/acme-copy", url), put);
  say(
    `acme was exported in ${exported.trimEnd().split("\n").length} lines, and imported: ${await moved.text()}`,
  );
  const listed = await fetch(new URL("/tenants", url), { headers });
  say(`Tenants: ${((await listed.json()) as { tenantIds: string[] }).tenantIds.join(", ")}`);
}
