/**
 * A program with several tasks: `node writer.ts open FILE`, `count FILE TIMES`, `write FILE NAME`, `fill FILE NAME` or
 * `copy FILE FILE ["until killed"]`. It prints a line for each completed step.
 * The environment variable DRIVER names the driver.
 */
import { writeSync } from "node:fs";
import { ContextMesh, type CopyProgress, copyTenant, isSynthaError } from "@syntha/core";
import { decide, type Outcome } from "@syntha/core/storage";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite } from "@syntha/storage-sqlite/node-sqlite";
import { bySystem, put, write } from "./operations.ts";

const [task, path = "", argument = "", how = ""] = process.argv.slice(2);
const driver = process.env["DRIVER"] === "node:sqlite" ? nodeSqlite() : undefined;
const storage = new SqliteStorage({ path, driver, durability: "process" });
await storage.open();

if (task === "open") await write(storage, 1, `of ${process.pid}`);
if (task === "count") await count(Number(argument));
if (task === "write") await writeAll(argument);
if (task === "fill") await fill(argument);
if (task === "copy") await copy(argument);
await storage.close();
print("end");

/** Increments an item by compare-and-set. */
async function count(times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const { items } = await storage.get("acme", null, ["count"]);
    const [item] = items;
    const next = put("count", Number(item?.value ?? 0) + 1, { ifRevision: item?.revision ?? 0 });
    const [outcome] = await storage.commit("acme", [bySystem(next)], decide);
    if (outcome?.ok) done++;
  }
}

/** Writes until it is killed, and prints each acknowledged write. */
async function writeAll(name: string): Promise<void> {
  for (let i = 0; ; i++) {
    const outcomes = await write(storage, i, `${name} ${i}`);
    const [outcome] = outcomes as readonly (Outcome & { ok: true })[];
    print(`${name} ${i}=${outcome?.position}`);
  }
}

/** Pushes with 64 concurrent writers until the tenant is full, and prints the number of pushes. */
async function fill(name: string): Promise<void> {
  const mesh = new ContextMesh({ tenantId: "acme", storage, limits: { tenant: { items: 500 } } });
  let done = 0;
  const push = async (writer: number): Promise<void> => {
    for (let i = 0; ; i++) {
      try {
        await mesh.agent(`Agent ${writer}`).push(`${name} ${writer} ${i}`, i, { global: true });
        done++;
      } catch (error) {
        if (isSynthaError(error, "LIMIT_EXCEEDED")) return;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, writer) => push(writer)));
  print(`${done}`);
}

/** Copies the tenant to another file, and prints a line per page. */
async function copy(to: string): Promise<void> {
  const onProgress = ({ section }: CopyProgress): void => {
    print("page");
    // Blocks before the end, so that the kill always interrupts the copy.
    if (how === "until killed" && section === "changes")
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const target = new SqliteStorage({ path: to, driver, durability: "process" });
  const options = { tenantId: "acme", batch: 20, onProgress };
  const { resumed } = await copyTenant({ from: storage, to: target, ...options });
  print(resumed ? "resumed" : "complete");
}

function print(line: string): void {
  writeSync(1, `${line}\n`);
}
