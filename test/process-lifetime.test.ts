import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ContextMesh, type Storage } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { describe, expect, it, onTestFinished } from "vitest";

const PACKAGES = fileURLToPath(new URL("../packages/", import.meta.url));

/** A package, and the code of a program in its folder that makes `storage`. */
interface Place {
  readonly folder: string;
  readonly code: string;
}

/** A storage that processes share: this one's handle on it, and another one's. */
interface Shared {
  readonly storage: Storage;
  readonly place: Place;
}

const sqlite = (options: object): Place => ({
  folder: "storage-sqlite",
  code: `
    import { SqliteStorage } from "@syntha/storage-sqlite";
    const storage = new SqliteStorage(${JSON.stringify(options)});`,
});

const postgres = (options: object, pool = ""): Place => ({
  folder: "storage-postgres",
  code: `
    import pg from "pg";
    import { PostgresStorage } from "@syntha/storage-postgres";
    const storage = new PostgresStorage({ ...${JSON.stringify(options)}, ${pool} });`,
});

async function ownSchema(): Promise<{ connectionString: string; name: string }> {
  const schema = await freshSchema();
  onTestFinished(() => schema.drop());
  return { connectionString: schema.url, name: schema.name };
}

const SHARED: readonly [string, () => Promise<Shared>][] = [
  [
    "SQLite",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "syntha-process-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const path = join(folder, "mesh.db");
      return {
        storage: new SqliteStorage({ path }),
        place: sqlite({ path }),
      };
    },
  ],
  [
    "PostgreSQL",
    async () => {
      const { connectionString, name } = await ownSchema();
      const options = { connectionString, schema: name };
      return {
        storage: new PostgresStorage(options),
        place: postgres(options),
      };
    },
  ],
  [
    "PostgreSQL through a pool of the program's own",
    async () => {
      const { connectionString, name } = await ownSchema();
      const poolOptions = JSON.stringify({ connectionString, allowExitOnIdle: true });
      return {
        storage: new PostgresStorage({ connectionString, schema: name }),
        place: postgres({ schema: name }, `pool: new pg.Pool(${poolOptions})`),
      };
    },
  ],
];

/** Runs a program over `mesh`; gives its first line, and in the end all that it wrote and its exit code. */
function run({ folder, code }: Place, program: string) {
  const source = `
    import { ContextMesh, MemoryStorage } from "@syntha/core";
    ${code}
    const mesh = new ContextMesh({ storage });
    ${program}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: join(PACKAGES, folder),
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  const ended = new Promise<{ code: number | null; lines: string[] }>((resolve) => {
    child.stderr.on("data", (bytes: Buffer) => (text += bytes.toString()));
    child.on("close", (code) => resolve({ code, lines: text.split("\n").slice(0, -1) }));
  });
  const firstLine = new Promise<void>((resolve) => {
    child.stdout.on("data", (bytes: Buffer) => {
      text += bytes.toString();
      if (text.includes("\n")) resolve();
    });
  });
  return { firstLine: Promise.race([firstLine, ended.then(() => {})]), ended };
}

const WATCHING = `
for await (const change of mesh.agent("Ann").watch({ initial: true })) {
  console.log(change.type, change.item?.key ?? "");
  if (change.item?.key === "last") break;
}
console.log("left");
`;

const WORKING = `
const stop = new AbortController();
await mesh.agent("Ann").subscribe(["work"]);
const working = mesh.agent("Ann").work("work", ({ key }) => {
  console.log("worked on", key);
  if (key === "last") stop.abort();
}, { signal: stop.signal });
console.log("working");
await working;
console.log("left");
`;

/** Each part leaves what a process could wait for. */
const ENDING = `
await mesh.system.push("key", 1, { global: true, ttl: "1h" });
const watch = mesh.system.watch({ initial: true });
await watch.next();
await watch.return();
await mesh.system.push("task", 1, { global: true });
const lease = await mesh.system.claim({ key: "task" }, { lease: "1h" });
lease.signal.addEventListener("abort", () => {});
await lease.complete();
console.log("ended");
`;

const route = { topics: ["work"], subscribers: ["Ann"] };

describe.each(SHARED)("a process on %s", (_, share) => {
  it("lives while it watches", async () => {
    const { storage, place } = await share();
    const mesh = new ContextMesh({ storage });
    await mesh.stats();
    const { firstLine, ended } = run(place, WATCHING);
    await firstLine;
    for (const key of ["first", "last"]) await mesh.system.push(key, 1, route);
    expect(await ended).toEqual({ code: 0, lines: ["ready ", "put first", "put last", "left"] });
    await mesh.close();
  });

  it("lives while it waits for work", async () => {
    const { storage, place } = await share();
    const mesh = new ContextMesh({ storage });
    await mesh.stats();
    const { firstLine, ended } = run(place, WORKING);
    await firstLine;
    for (const key of ["first", "last"]) await mesh.system.push(key, 1, route);
    expect(await ended).toEqual({
      code: 0,
      lines: ["working", "worked on first", "worked on last", "left"],
    });
    await mesh.close();
  });

  it("does not live on because it has a mesh open, has stopped a watch and has held a lease", async () => {
    const { place } = await share();
    expect(await run(place, ENDING).ended).toEqual({ code: 0, lines: ["ended"] });
  });
});

// Nothing can arrive from another process.
it.each<[string, Place]>([
  ["memory", { folder: "core", code: "const storage = new MemoryStorage();" }],
  ["a SQLite database in memory", sqlite({ path: ":memory:" })],
])("a watch over %s does not keep its process alive", async (_, place) => {
  const program = `mesh.system.watch(); await mesh.system.push("key", 1, { global: true });`;
  expect(await run(place, program).ended).toEqual({ code: 0, lines: [] });
});
