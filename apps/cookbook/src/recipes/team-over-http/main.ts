// Shows: one MCP server over HTTP for several teams, with a token for each agent.
// Look at: the token decides who a client is; a foreign team sees nothing, and a revoked token ends its stream.

import { createLocation, storageAt } from "../../storage/location.ts";
import { startService } from "./service.ts";
import { TeamMember } from "./team-member.ts";
import { Tokens } from "./tokens.ts";

interface Listing {
  readonly you: string;
  readonly keys: readonly string[];
}
interface Claimed {
  readonly task: { readonly key: string; readonly token: string };
}

const { location, text, remove } = await createLocation();
console.log(`Storage: ${text}\n`);
const tokens = new Tokens();
const [claudeToken, codexToken, gusToken] = [
  tokens.issue("acme", "Claude"),
  tokens.issue("acme", "Codex"),
  tokens.issue("globex", "Gus"),
];
const service = await startService(storageAt(location), tokens);
const { url } = service;
const claude = await TeamMember.connect(url, claudeToken);
const codex = await TeamMember.connect(url, codexToken);
const gus = await TeamMember.connect(url, gusToken);

// Two agents of acme share a plan; each stream carries what its agent sees.
await codex.call("subscribe_to_topics", { topics: ["launch"] });
const { promise: noticed, resolve } = Promise.withResolvers<void>();
const plan = "syntha://item/plan";
const stream = await codex.listen(plan, (uri) => {
  console.log(`Codex is notified of ${uri}`);
  resolve();
});
const ofGus: string[] = [];
await gus.listen(plan, (uri) => ofGus.push(uri));
await claude.call("push_context", { key: "plan", value: "Ship on Friday.", topics: ["launch"] });
await noticed;

// Gus is of another team, where the same key is free.
const { you, keys } = await gus.call<Listing>("list_context");
console.log(`${you} of globex sees ${keys.length} items, and was notified ${ofGus.length} times\n`);
await gus.call("push_context", { key: "plan", value: "Show films.", global: true });

// A client may act as agents below its own, with the same token.
const reviewer = await TeamMember.connect(url, claudeToken, "Claude/reviewer");
await claude.call("delegate_task", { agent: "Claude/reviewer", message: "Review the plan." });
const { task } = await reviewer.call<Claimed>("claim_task", { inbox: true });
const { key, token } = task;
await reviewer.call("complete_task", { key, token, result: "Friday is a holiday." });
const read = await claude.call<{ context: Record<string, string> }>("get_context", { keys: [key] });
console.log(`Claude/reviewer answers: ${read.context[key]}`);
const outcomeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "accepted",
    () => "refused",
  );
const asCodex = TeamMember.connect(url, claudeToken, "Codex");
console.log(`Claude's token as Codex: ${await outcomeOf(asCodex)}\n`);

// The routes of the same service show the same, to the same tokens.
const get = async (path: string, as: string): Promise<string> => {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${as}` } });
  const { value, error } = (await response.json()) as { value?: unknown; error?: string };
  return `${response.status} ${JSON.stringify(value ?? error)}`;
};
console.log(`GET /items/plan by Codex: ${await get("/items/plan", codexToken)}`);
console.log(`GET /items/plan by Gus:   ${await get("/items/plan", gusToken)}`);
console.log(`GET /items/plan by none:  ${await get("/items/plan", "guessed")}\n`);

// A token that is revoked ends what its client still reads.
tokens.revoke(codexToken);
console.log(`Codex's stream is closed by the ${await stream.ended} side`);
console.log(`Codex's next call: ${await outcomeOf(codex.call("list_context"))}`);

for (const member of [claude, reviewer, codex, gus]) await member[Symbol.asyncDispose]();
await service[Symbol.asyncDispose]();
await remove();
