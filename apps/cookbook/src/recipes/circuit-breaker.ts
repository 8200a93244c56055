// Shows: a circuit that opens when the storage fails and closes after a probe.
// Look at: wrong calls of a model don't open it; an outage does, here a lock held by another program.

import { ContextMesh } from "@syntha/core";
import { resilientHandler } from "@syntha/resilience";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { ToolHandler } from "@syntha/tools";
import Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const folder = mkdtempSync(join(tmpdir(), "syntha-cookbook-"));
const path = join(folder, "mesh.db");
const mesh = new ContextMesh({ storage: new SqliteStorage({ path, busyTimeout: "20ms" }) });
const handler = new ToolHandler(mesh.agent("Clerk"));
const clerk = resilientHandler(handler, {
  breaker: { failures: 3, halfOpenAfter: "500ms" },
  retry: false,
  onStateChange: ({ from, to, code }) =>
    console.log(`  ⚡ ${from} → ${to} ${code ?? ""}`.trimEnd()),
});

async function note(what: string): Promise<void> {
  const answer = await clerk.handleToolCall("push_context", {
    key: "note",
    value: what,
    global: true,
  });
  const result = answer.success ? "written" : `${answer.code}, retry: ${answer.retry}`;
  console.log(`  ${what}: ${result} (circuit ${clerk.breaker.state})`);
}

console.log("Normal operation:");
await note("first note");

console.log("Six wrong calls of a model don't count:");
for (let i = 1; i <= 6; i++) await clerk.handleToolCall("no_such_tool", {});
console.log(`  circuit ${clerk.breaker.state}`);

const strict = resilientHandler(handler, { breaker: { failures: 3 }, countsAsFailure: () => true });
for (let i = 1; i <= 3; i++) await strict.handleToolCall("no_such_tool", {});
console.log(`  a circuit that counts every failed call: ${strict.breaker.state}`);

console.log("Another program locks the database:");
const other = new Database(path);
other.exec("BEGIN IMMEDIATE");
for (let i = 1; i <= 3; i++) await note(`attempt ${i}`);

console.log("The open circuit answers at once, without an attempt:");
await note("attempt 4");
await note("attempt 5");
console.log(`  refused without an attempt: ${clerk.breaker.counts.refused}`);

console.log("After 500 ms one probe is admitted and fails:");
await sleep(520);
await note("attempt 6");

console.log("The lock is released. The next probe closes the circuit:");
other.exec("ROLLBACK");
other.close();
await sleep(520);
await note("last note");
console.log(`  stored: ${await mesh.system.get<string>("note")}`);

await mesh.close();
rmSync(folder, { recursive: true });
