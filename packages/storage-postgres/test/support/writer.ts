/**
 * A program: `node writer.ts TASK URL SCHEMA [ARGUMENT]`. Writes a line of output for each acknowledged write.
 */
import { writeSync } from "node:fs";
import { ContextMesh, isSynthaError } from "@syntha/core";
import { decide, type Outcome } from "@syntha/core/storage";
import { PostgresStorage } from "@syntha/storage-postgres";
import { bySystem, put, write } from "./operations.ts";

const [task = "", connectionString = "", schema = "", argument = ""] = process.argv.slice(2);
const storage = new PostgresStorage({ connectionString, schema, connections: 3 });

const TASKS: Record<string, () => Promise<void>> = {
  /** Increments an item repeatedly, by compare-and-set. */
  count: async () => {
    await storage.open();
    for (let done = 0; done < Number(argument);) {
      const { items } = await storage.get("acme", null, ["count"]);
      const [item] = items;
      const next = put("count", Number(item?.value ?? 0) + 1, { ifRevision: item?.revision ?? 0 });
      const [outcome] = await storage.commit("acme", [bySystem(next)], decide);
      if (outcome?.ok) done++;
    }
    await storage.close();
  },
  /** Pushes with 64 writers until the tenant is full; prints the number of pushes. */
  fill: async () => {
    const limits = { tenant: { items: 500 }, agent: { items: 20 } };
    const mesh = new ContextMesh({ tenantId: "acme", storage, limits });
    let done = 0;
    const push = async (writer: number): Promise<void> => {
      const agent = mesh.agent(`Agent ${writer}`);
      for (let i = 0; ; i++) {
        try {
          await agent.push(`${argument} ${writer} ${i}`, i, { global: true });
          done++;
        } catch (error) {
          if (isSynthaError(error, "LIMIT_EXCEEDED")) return;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 64 }, (_, writer) => push(writer)));
    await mesh.close();
    say(`${done}`);
  },
  /** Writes until it is killed; prints each acknowledged write. */
  write: async () => {
    await storage.open();
    for (let i = 0; ; i++) {
      const key = `${argument} ${i}`;
      const outcomes = await write(storage, i, key);
      const [outcome] = outcomes as readonly (Outcome & { ok: true })[];
      say(`${key}=${outcome?.position}`);
    }
  },
  /** Uses every part of a mesh, and closes it. */
  close: async () => {
    const mesh = new ContextMesh({ tenantId: "acme", storage });
    const agent = mesh.agent("Ann");
    const watch = agent.watch();
    await agent.push("k", 1, { global: true });
    await watch.next();
    await mesh.close();
  },
  /** The same, but forgets to close it. */
  forget: async () => {
    const mesh = new ContextMesh({ tenantId: "acme", storage });
    const agent = mesh.agent("Ann");
    await agent.push("k", 1, { global: true });
    await agent.getAll();
  },
  /** Waits for the next change and prints it. */
  watch: async () => {
    const mesh = new ContextMesh({ tenantId: "acme", storage });
    const watch = mesh.agent("Ann").watch({ initial: true });
    for await (const change of watch) {
      if (change.type === "ready") say("ready");
      if (change.type === "put") break;
    }
    await mesh.close();
  },
};

await TASKS[task]?.();
say("end");
// An unreferenced timer: it fires only if something else keeps the process alive, as an idle connection does for 10 s.
setTimeout(() => process.exit(9), 8_000).unref();

function say(line: string): void {
  writeSync(1, `${line}\n`);
}
