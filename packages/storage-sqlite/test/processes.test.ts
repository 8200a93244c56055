import { decide, type LogEntry } from "@syntha/core/storage";
import { describe, expect, it } from "vitest";
import { type DriverCase, drivers } from "./support/drivers.ts";
import { openStorage } from "./support/open-storage.ts";
import { bySystem, write } from "./support/operations.ts";
import { startWriterBy, type Writer } from "./support/start-writer.ts";
import { tempFile } from "./support/temp-file.ts";

const isFull = process.env["SYNTHA_TESTS"] === "full";

const [betterSqlite3, nodeSqlite] = drivers as [DriverCase, DriverCase];

const alike = [
  { of: "better-sqlite3", first: betterSqlite3, second: betterSqlite3 },
  { of: "node:sqlite", first: nodeSqlite, second: nodeSqlite },
];
const mixed = { of: "both drivers", first: nodeSqlite, second: betterSqlite3 };

describe.each(isFull ? [...alike, mixed] : [mixed])("processes of $of", ({ first, second }) => {
  const { driver, open } = first;
  const start = (i: number, ...args: string[]): Writer =>
    startWriterBy([first, second][i % 2]?.name as string, ...args);

  it("lets many processes open a new file at once", async () => {
    const count = isFull ? 20 : 6;
    const path = tempFile();
    const writers = Array.from({ length: count }, (_, i) => start(i, "open", path));
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual(Array(count).fill(0));
    const storage = await openStorage({ path, driver });
    expect(await storage.stats("acme")).toMatchObject({ items: count, head: count });
    expect(open(path).value("SELECT count(*) FROM syntha_migration")).toBe(1);
  }, 60_000);

  it("loses no compare-and-set update of two processes", async () => {
    const path = tempFile();
    await openStorage({ path, driver });
    const writers = [start(0, "count", path, "150"), start(1, "count", path, "150")];
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0]);
    const storage = await openStorage({ path, driver });
    const { items, head } = await storage.get("acme", null, ["count"]);
    expect(items[0]?.value).toBe("300");
    expect(head).toBe(300);
  }, 60_000);

  it("enforces a tenant's limit across processes", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    const writers = [start(0, "fill", path, "left"), start(1, "fill", path, "right")];
    expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0]);
    const done = writers.map((writer) => Number(writer.lines()[0]));
    expect((done[0] as number) + (done[1] as number)).toBe(500);
    expect(await storage.stats("acme")).toMatchObject({ items: 500, head: 500 });
  }, 60_000);

  it("calls listeners after another process's commit", async () => {
    const path = tempFile();
    const storage = await openStorage({ path, driver });
    const notified = new Promise<void>((resolve) => storage.onCommit("acme", resolve));
    const writer = start(1, "write", path, "w");
    await notified;
    const { entries } = await storage.log("acme", { after: "start", limit: 1 });
    expect(entries).toHaveLength(1);
    writer.child.kill("SIGKILL");
  });

  it.skipIf(process.platform === "win32")(
    "is woken by another process's commit, however seldom it polls",
    async () => {
      const path = tempFile();
      const storage = await openStorage({ path, driver, pollEvery: "1h" });
      const notified = new Promise<void>((resolve) => storage.onCommit("acme", resolve));
      const writer = start(1, "write", path, "w");
      await notified;
      const { entries } = await storage.log("acme", { after: "start", limit: 1 });
      expect(entries).toHaveLength(1);
      writer.child.kill("SIGKILL");
      await writer.ended;
    },
  );

  it("keeps acknowledged writes of killed processes", async () => {
    const path = tempFile();
    const acknowledged = new Map<string, number>();
    for (let round = 0; round < Number(process.env.SYNTHA_ROUNDS ?? (isFull ? 4 : 2)); round++) {
      const writers = ["left", "right"].map((side, i) =>
        start(i, "write", path, `${side} ${round}`),
      );
      await Promise.all(writers.map((writer) => writer.firstLine));
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      for (const writer of writers) writer.child.kill("SIGKILL");
      await Promise.all(writers.map((writer) => writer.ended));
      for (const line of writers.flatMap((writer) => writer.lines())) {
        const [key = "", position] = line.split("=");
        acknowledged.set(key, Number(position));
      }
      const database = open(path);
      expect(database.value("PRAGMA integrity_check")).toBe("ok");
      database.close();
    }
    const storage = await openStorage({ path, driver });
    const { entries, head } = await storage.log("acme", { after: "start", limit: 1_000_000 });
    expect(entries.map(({ position }) => position)).toEqual(entries.map((_, i) => i + 1));
    expect((await storage.stats("acme")).items).toBe(head);
    const written = new Map(entries.map((entry) => [keyOf(entry), entry.position]));
    for (const [key, position] of acknowledged) expect(written.get(key)).toBe(position);
    expect(acknowledged.size).toBeGreaterThan(0);
  }, 120_000);
});

it("calls listeners before its own commit is acknowledged", async () => {
  const storage = await openStorage({ path: tempFile(), pollEvery: "1h" });
  let calls = 0;
  const unsubscribe = storage.onCommit("acme", () => calls++);
  storage.onCommit("other", () => (calls += 100));
  await write(storage);
  expect(calls).toBe(1);
  await storage.commit("acme", [bySystem({ type: "sweep", limit: 5 })], decide);
  expect(calls).toBe(1);
  await storage.dropTenant({ tenantId: "acme" });
  expect(calls).toBe(2);
  unsubscribe();
  await write(storage);
  expect(calls).toBe(2);
});

function keyOf({ change }: LogEntry): string {
  return change.type === "put" ? change.key : "";
}
