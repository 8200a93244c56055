import { type LogEntry } from "@syntha/core/storage";
import { expect, it } from "vitest";
import { openStorage, ownSchema } from "./support/open-storage.ts";
import { write } from "./support/operations.ts";
import { startWriter, type Writer } from "./support/start-writer.ts";

type Place = Awaited<ReturnType<typeof ownSchema>>;

function start(task: string, { connectionString, schema }: Place, ...more: string[]): Writer {
  return startWriter(task, connectionString, schema, ...more);
}

it("loses no compare-and-set update of two processes", async () => {
  const place = await ownSchema();
  const writers = [start("count", place, "50"), start("count", place, "50")];
  expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0]);
  const storage = await openStorage(place);
  const { items, head } = await storage.get("acme", null, ["count"]);
  expect(items[0]?.value).toBe("100");
  expect(head).toBe(100);
}, 60_000);

it("enforces a tenant's limit across two processes with 64 writers", async () => {
  const place = await ownSchema();
  const writers = [start("fill", place, "left"), start("fill", place, "right")];
  expect(await Promise.all(writers.map((writer) => writer.ended))).toEqual([0, 0]);
  const done = writers.map((writer) => Number(writer.lines()[0]));
  expect((done[0] as number) + (done[1] as number)).toBe(500);
  const storage = await openStorage(place);
  expect(await storage.stats("acme")).toMatchObject({ items: 500, head: 500 });
}, 60_000);

it("keeps every acknowledged write of writers that are killed", async () => {
  const place = await ownSchema();
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < Number(process.env.SYNTHA_ROUNDS ?? 2); round++) {
    const writers = ["left", "right"].map((side) => start("write", place, `${side} ${round}`));
    await Promise.all(writers.map((writer) => writer.firstLine));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
    for (const writer of writers) writer.child.kill("SIGKILL");
    await Promise.all(writers.map((writer) => writer.ended));
    for (const line of writers.flatMap((writer) => writer.lines())) {
      const [key = "", position] = line.split("=");
      acknowledged.set(key, Number(position));
    }
  }
  const storage = await openStorage(place);
  const { entries, head } = await storage.log("acme", { after: "start", limit: 1_000_000 });
  expect(entries.map(({ position }) => position)).toEqual(entries.map((_, i) => i + 1));
  expect((await storage.stats("acme")).items).toBe(head);
  const written = new Map(entries.map((entry) => [keyOf(entry), entry.position]));
  for (const [key, position] of acknowledged) expect(written.get(key)).toBe(position);
  expect(acknowledged.size).toBeGreaterThan(0);
}, 120_000);

it.for(["close", "forget"])("lets an idle program exit: %s", async (task) => {
  const writer = start(task, await ownSchema());
  await writer.firstLine;
  // Not 0 if the storage keeps the process alive: see `say("end")`.
  expect(await writer.ended).toBe(0);
});

it("keeps a program alive that awaits a change", async () => {
  const place = await ownSchema();
  const storage = await openStorage(place);
  const writer = start("watch", place);
  await writer.firstLine;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(writer.child.exitCode).toBeNull();
  await write(storage);
  expect(await writer.ended).toBe(0);
});

function keyOf({ change }: LogEntry): string {
  return change.type === "put" ? change.key : "";
}
