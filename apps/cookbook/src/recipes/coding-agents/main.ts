// Shows: two coding agents share a mesh over MCP, each through a server of its own.
// Look at: each is told what the other changed; work goes to the one that can do it, and its result comes back.

import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { createLocation } from "../../storage/location.ts";

const { location, text, remove } = await createLocation();
console.log(`Storage: ${text}\n`);
const SERVER = fileURLToPath(new URL("server.ts", import.meta.url));

/** What an agent is told at the start of a turn; a hook of a coding agent prints the same. */
interface Told {
  readonly key: string;
  readonly change: string;
  readonly author: string;
  readonly value: unknown;
}

/** Of get_context. */
interface Read<K extends string, V> {
  readonly context: Readonly<Record<K, V>>;
}

/** Of claim_task. */
interface Claimed {
  readonly task: {
    readonly key: string;
    readonly token: string;
    readonly value: { readonly message: string };
  };
}

/** A coding agent, as far as MCP is concerned: a client that starts its server. */
async function codingAgent(name: string) {
  const client = new Client({ name, version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  const args = [...process.execArgv, SERVER, name, JSON.stringify(location)];
  const env = process.env as Record<string, string>;
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
  return {
    async call<T>(tool: string, input: Record<string, unknown>): Promise<T> {
      const { structuredContent, content } = await client.callTool({
        name: tool,
        arguments: input,
      });
      if (structuredContent === undefined) throw new Error(JSON.stringify(content));
      return structuredContent as T;
    },
    async catchUp(since?: string) {
      const input = since === undefined ? {} : { since };
      const { messages, _meta } = await client.getPrompt({ name: "catch_up", arguments: input });
      const text = messages
        .map(({ content }) => (content.type === "text" ? content.text : ""))
        .join();
      const told = [...text.matchAll(/^\{"key".*\}$/gm)].map(([line]) => JSON.parse(line) as Told);
      return { told, cursor: _meta?.["dev.syntha/cursor"] as string };
    },
    close: () => client.close(),
  };
}

const [claude, codex] = await Promise.all([codingAgent("Claude"), codingAgent("Codex")]);
await claude.call("subscribe_to_topics", { topics: ["api"] });
await codex.call("subscribe_to_topics", { topics: ["api"] });

// Claude decides something that Codex has to know.
const start = await codex.catchUp();
const design = { route: "POST /orders", returns: 201 };
await claude.call("push_context", {
  key: "design",
  value: JSON.stringify(design),
  topics: ["api"],
});
const turn = await codex.catchUp(start.cursor);
for (const { key, change, author, value } of turn.told)
  console.log(`Codex is told: ${key} is ${change}, by ${author}: ${JSON.stringify(value)}`);
console.log(`And in its next turn: ${(await codex.catchUp(turn.cursor)).told.length} changes\n`);

// Both edit the same list at the same time: none of the entries is lost.
await claude.call("push_context", { key: "findings", value: "[]", topics: ["api"] });
const append = (agent: typeof claude, entry: string) =>
  agent.call("edit_context", { key: "findings", append: entry });
await Promise.all(
  [1, 2, 3].flatMap((n) => [append(claude, `claude ${n}`), append(codex, `codex ${n}`)]),
);
const read = await codex.call<Read<"findings", string[]>>("get_context", { keys: ["findings"] });
console.log(`Findings: ${read.context.findings.toSorted().join(", ")}\n`);

// Claude hands work to Codex, and gets its result.
const message = "Write the test.";
const delegated = await claude.call<{ task: string }>("delegate_task", { agent: "Codex", message });
const { key, token, value } = (await codex.call<Claimed>("claim_task", { inbox: true })).task;
console.log(`Codex works on: ${value.message}`);
await codex.call("complete_task", { key, token, result: "orders.test.ts" });
const done = await claude.call<Read<string, string>>("get_context", { keys: [delegated.task] });
console.log(`Claude gets: ${done.context[delegated.task]}`);

await Promise.all([claude.close(), codex.close()]);
await remove();
