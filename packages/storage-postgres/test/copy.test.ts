import {
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  importTenant,
  isSynthaError,
  MemoryStorage,
  type TenantCopy,
} from "@syntha/core";
import type { Storage } from "@syntha/core/storage";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { freshSchema, postgresUrl } from "@syntha/testing-postgres/vitest";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";

const TENANT = "acme";

/** Stays open until the test ends, however often meshes close it. */
async function opened<T extends Storage>(storage: T): Promise<T> {
  const keeper = new ContextMesh({ storage, tenantId: "keeper" });
  await keeper.stats();
  onTestFinished(() => keeper.close());
  return storage;
}

async function postgres(): Promise<PostgresStorage> {
  const [connectionString, schema] = await Promise.all([postgresUrl(), freshSchema()]);
  onTestFinished(() => schema.drop());
  return opened(new PostgresStorage({ connectionString, schema: schema.name, connections: 6 }));
}

async function sqlite(): Promise<SqliteStorage> {
  const folder = await mkdtemp(join(tmpdir(), "syntha-copy-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return opened(new SqliteStorage({ path: join(folder, "mesh.db") }));
}

/** Agents that perform every operation repeatedly, each on its own keys, until they are stopped. */
class Writers {
  readonly #mesh: ContextMesh;
  readonly #running: Promise<void>[];
  #isOver = false;

  constructor(storage: Storage) {
    this.#mesh = new ContextMesh({ storage, tenantId: TENANT });
    this.#running = ["Ann", "Bea", "Cy", "Dov"].map((name) => this.#work(name));
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
    await this.#mesh.close();
  }

  async #work(name: string): Promise<void> {
    for (let n = 0; !this.#isOver; n++) {
      try {
        await this.#step(name, n);
      } catch (error) {
        // Another agent has just deleted, claimed or ended it.
        if (!isSynthaError(error)) throw error;
      }
      await pause(1);
    }
  }

  async #step(name: string, n: number): Promise<unknown> {
    const agent = this.#mesh.agent(name);
    const key = `${name} ${n % 17}`;
    const topics = [`t${n % 5}`, `of ${name}`];
    switch (n % 13) {
      case 0:
        return agent.subscribe(topics);
      case 1:
        return agent.unsubscribe([`t${n % 3}`]);
      case 2:
        return agent.publish("done", { n }, { topics, id: `${name} ${n}` });
      case 3:
        return agent.delete(key);
      case 4:
        return (await agent.claim({ topic: `t${n % 5}` }, { lease: "1m" }))?.complete(n, {
          topics,
        });
      case 5:
        return agent.claim({ key: `${name} ${n % 11}` }, { lease: "1m" });
      case 6:
        return n % 4 === 0 && this.#mesh.deleteTopic(`t${n % 5}`);
      case 7:
        return agent.push(key, n, { topics, ttl: n % 2 === 0 ? "5ms" : "1h" });
      case 8:
        return this.#mesh.sweep();
      case 9:
        return this.#mesh.setPermissions(`${name}'s`, n % 3 === 0 ? null : { post: topics });
      default:
        return agent.push(key, { n, text: "x".repeat(n % 300) }, { topics, global: n % 7 === 0 });
    }
  }
}

/** Fills a tenant with the same data as the writers, but faster. */
async function fill(storage: Storage, items: number): Promise<void> {
  const mesh = new ContextMesh({ storage, tenantId: TENANT });
  await Promise.all(
    Array.from({ length: items }, (_, n) =>
      mesh.agent("Eve").push(`item ${n}`, { n }, { topics: [`t${n % 5}`] }),
    ),
  );
  await mesh.close();
}

/** Copies under writes, which stop when the copy has caught up; then both sides must be equal. */
async function move(from: Storage, to: Storage): Promise<TenantCopy> {
  const writers = new Writers(from);
  await pause(200);
  const whenCaughtUp = () => writers.stop();
  const copy = await copyTenant({ from, to, tenantId: TENANT, batch: 250, whenCaughtUp });
  expect(copy).toMatchObject({ restarts: 0, resumed: false, verified: true });
  expect(copy.rounds).toBeGreaterThan(0);
  const both = { left: from, right: to, tenantId: TENANT };
  expect(await compareTenants(both)).toEqual({ equal: true });
  return copy;
}

it("copies a tenant under writes through three storages", async () => {
  const stops = [opened(new MemoryStorage()), postgres(), sqlite(), postgres()];
  const storages = await Promise.all<Storage>(stops);
  const [first, last] = [storages[0] as Storage, storages.at(-1) as Storage];
  await fill(first, 600);
  const begin = new ContextMesh({ storage: first, tenantId: TENANT });
  await begin.agent("Flo").push("kept", 1, { topics: ["held"] });
  await begin.agent("Flo").subscribe(["held"]);
  const lease = await begin.agent("Flo").claim({ key: "kept" }, { lease: "1h" });
  const { cursor } = await begin.agent("Flo").events();
  await begin.close();
  let head = 0;
  for (const [at, to] of storages.slice(1).entries()) {
    const copy = await move(storages[at] as Storage, to);
    expect(copy.head).toBeGreaterThan(head);
    ({ head } = copy);
  }
  const both = { left: first, right: last, tenantId: TENANT };
  expect(await compareTenants(both)).toMatchObject({ equal: false });
  const mesh = new ContextMesh({ storage: last, tenantId: TENANT });
  const flo = mesh.agent("Flo");
  await flo.lease("kept", lease?.token as string).complete("all the way", { topics: ["held"] });
  await flo.publish("arrived", null, { topics: ["held"] });
  const { events } = await flo.events({ since: cursor });
  expect(events.map(({ type }) => type)).toEqual(["arrived"]);
  const { entries } = await last.log(TENANT, { after: "start", key: "kept", limit: 10 });
  expect(entries.map(({ change }) => change.type)).toEqual(["put", "lease", "put"]);
  await mesh.close();
});

it("exports and imports a tenant under writes", async () => {
  const [from, to] = [await sqlite(), await postgres()];
  const folder = await mkdtemp(join(tmpdir(), "syntha-export-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [there, back] = [join(folder, "there.jsonl"), join(folder, "back.jsonl")];
  const writers = new Writers(from);
  await pause(300);
  const write = (storage: Storage, path: string, batch?: number) =>
    pipeline(
      Readable.from(exportTenant({ storage, tenantId: TENANT, batch })),
      createWriteStream(path),
    );
  const read = (storage: Storage, path: string, tenantId = TENANT) =>
    importTenant({ storage, lines: createReadStream(path), tenantId });
  await write(from, there, 20);
  await writers.stop();
  const { head } = await read(to, there, "moment");
  expect((await to.stats("moment")).head).toBe(head);
  await write(from, there);
  await read(to, there);
  const both = { left: from, tenantId: TENANT };
  expect(await compareTenants({ ...both, right: to })).toEqual({ equal: true });
  await write(to, back);
  await read(from, back, "back");
  const returned = { ...both, right: from, rightTenantId: "back" };
  expect(await compareTenants(returned)).toEqual({ equal: true });
}, 60_000);
