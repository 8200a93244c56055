import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import FakeTimers from "@sinonjs/fake-timers";
import SqliteDatabase from "better-sqlite3";
import {
  type AgentContext,
  compareTenants,
  ContextMesh,
  copyTenant,
  exportTenant,
  federate,
  importTenant,
  type Lease,
  MemoryStorage,
  type Storage,
  TenantRegistry,
  verifyTenant,
} from "@syntha/core";
import { macrotask } from "@syntha/core/storage";
import { SynthaStore } from "@syntha/langchain/store";
import { ContextThread, fillPrompt, promptMessages, renderContext } from "@syntha/prompts";
import { resilientHandler, resilientStorage } from "@syntha/resilience";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { instrumentStorage, instrumentTools, meshInterceptor } from "@syntha/telemetry";
import { freshSchema } from "@syntha/testing-postgres/vitest";
import { answerCalls, TOOL_NAMES, ToolHandler, TOOLSETS } from "@syntha/tools";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A storage, and what removes it. */
interface Place {
  readonly storage: Storage;
  /** Another one, empty, to copy to. */
  readonly other: Storage;
  readonly remove: () => Promise<void>;
}

const policies = { timeout: "10s", bulkhead: { limit: 8, queue: 100 } } as const;

function inFolder(): { folder: string; remove: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), "syntha-fake-timers-"));
  return { folder, remove: async () => rmSync(folder, { recursive: true }) };
}

const PLACES: Record<string, () => Promise<Place>> = {
  memory: async () => ({
    storage: new MemoryStorage(),
    other: new MemoryStorage(),
    remove: async () => {},
  }),
  "memory, reached by policies and observed": async () => ({
    storage: instrumentStorage(resilientStorage(new MemoryStorage(), policies)),
    other: new MemoryStorage(),
    remove: async () => {},
  }),
  SQLite: async () => {
    const { folder, remove } = inFolder();
    const open = (name: string): Storage => new SqliteStorage({ path: join(folder, name) });
    return { storage: open("mesh.db"), other: open("other.db"), remove };
  },
  PostgreSQL: async () => {
    const [schema, other] = [await freshSchema(), await freshSchema()];
    const open = ({ url, name }: typeof schema): Storage =>
      new PostgresStorage({ connectionString: url, schema: name });
    return {
      storage: open(schema),
      other: open(other),
      remove: async () => {
        await schema.drop();
        await other.drop();
      },
    };
  },
};

/** What the calls of one storage share; each works on names that no other uses. */
interface World extends Place {
  readonly mesh: ContextMesh;
  readonly ann: AgentContext;
  readonly handler: ToolHandler;
}

type Calls = Record<string, (world: World) => Promise<unknown>>;

const route = { topics: ["work"] };
let names = 0;
const fresh = (): string => `key ${++names}`;
const items = (length: number) =>
  Array.from({ length }, () => ({ ...route, key: fresh(), value: 1 }));

async function claimed({ mesh }: World, key = fresh()): Promise<Lease> {
  await mesh.system.push(key, 1, route);
  return (await mesh.system.claim({ key })) as Lease;
}

const AGENT: Calls = {
  push: ({ ann }) => ann.push(fresh(), 1, route),
  pushMany: ({ ann }) => ann.pushMany(items(300)),
  update: ({ ann }) => ann.update<number>(fresh(), (old = 0) => old + 1, route),
  merge: ({ ann }) => ann.merge(fresh(), { a: 1 }, route),
  append: ({ ann }) => ann.append(fresh(), 1, route),
  increment: ({ ann }) => ann.increment(fresh(), 1, route),
  get: ({ ann }) => ann.get(fresh()),
  getItem: ({ ann }) => ann.getItem(fresh()),
  getItems: ({ ann }) => ann.getItems([fresh()]),
  getMany: ({ ann }) => ann.getMany([fresh()]),
  getAll: ({ ann }) => ann.getAll(),
  keys: ({ ann }) => ann.keys(),
  keysByTopic: ({ ann }) => ann.keysByTopic(),
  list: ({ ann }) => ann.list(),
  delete: ({ ann }) => ann.delete(fresh()),
  deleteMany: ({ ann }) => ann.deleteMany([fresh()]),
  subscribe: ({ ann }) => ann.subscribe(["work", "jobs"]),
  unsubscribe: ({ ann }) => ann.unsubscribe(["none"]),
  subscriptions: ({ ann }) => ann.subscriptions(),
  topics: ({ ann }) => ann.topics(),
  announce: ({ ann }) => ann.announce({ capabilities: ["work"] }),
  agents: ({ ann }) => ann.agents(),
  can: ({ ann }) => ann.can({ post: ["work"] }),
  watch: async ({ ann }) => {
    for await (const change of ann.watch({ initial: true })) if (change.type === "ready") break;
    const watch = ann.watch();
    const next = watch.next();
    await ann.push(fresh(), 1, route);
    await next;
    await watch.return();
  },
  changes: async ({ ann }) => ann.changes({ since: (await ann.changes()).cursor }),
  waitFor: async ({ ann }) => {
    const key = fresh();
    const waiting = ann.waitFor(key);
    await ann.push(key, 1, route);
    await waiting;
  },
  ask: async ({ mesh, ann }) => {
    const stop = new AbortController();
    const working = mesh.agent("Cid").work({ inbox: true }, () => 1, { signal: stop.signal });
    await ann.ask("Cid", 1);
    stop.abort();
    await working;
  },
  claim: ({ ann }) => ann.claim({ topic: "nothing here" }).catch(() => undefined),
  lease: async ({ ann }) => ann.lease(fresh(), "1-1-1"),
  work: async ({ mesh, ann }) => {
    const key = fresh();
    const stop = new AbortController();
    await mesh.agent("Cid").subscribe([key]);
    await ann.push(key, 1, { topics: [key] });
    await mesh.agent("Cid").work(key, () => stop.abort(), { signal: stop.signal });
  },
  retry: async (world) => {
    const lease = await claimed(world);
    await lease.release({ maxAttempts: 1 });
    await world.mesh.system.retry(lease.key);
  },
  publish: ({ ann }) => ann.publish("happened", 1, route),
  events: ({ ann }) => ann.events(),
  explain: ({ ann }) => ann.explain(fresh()),
};

const SYSTEM: Calls = {
  explain: ({ mesh }) => mesh.system.explain("Ann", fresh()),
  explainMany: ({ mesh }) => mesh.system.explainMany("Ann", [fresh()]),
  audience: ({ mesh }) => mesh.system.audience(fresh()),
  log: ({ mesh }) => mesh.system.log({ last: 2 }),
  leases: ({ mesh }) => mesh.system.leases(),
  release: async (world) => world.mesh.system.release((await claimed(world)).key),
  history: ({ mesh }) => mesh.system.history(fresh()),
  restore: async ({ mesh, ann }) => {
    const key = fresh();
    await mesh.system.restore(key, (await ann.push(key, 1, route)).revision);
  },
};

const LEASE: Calls = {
  extend: async (world) => (await claimed(world)).extend("1m"),
  complete: async (world) => (await claimed(world)).complete("done"),
  handOff: async (world) => (await claimed(world)).handOff("next"),
  release: async (world) => (await claimed(world)).release(),
};

const MESH: Calls = {
  agent: async ({ mesh }) => mesh.agent("Ann"),
  agents: ({ mesh }) => mesh.agents(),
  topics: ({ mesh }) => mesh.topics(),
  subscribers: ({ mesh }) => mesh.subscribers("work"),
  deleteTopic: async ({ mesh }) => {
    await mesh.system.push(fresh(), 1, { topics: ["doomed"] });
    await mesh.deleteTopic("doomed");
  },
  setPermissions: ({ mesh }) => mesh.setPermissions("Bot", { post: ["work"] }),
  permissions: ({ mesh }) => mesh.permissions("Bot"),
  stats: ({ mesh }) => mesh.stats(),
  at: async ({ mesh }) => (await mesh.at((await mesh.stats()).revision)).system.keys(),
  sweep: ({ mesh }) => mesh.sweep(),
  clear: ({ mesh }) => mesh.clear(),
  // More than one step.
  compact: async ({ mesh }) => {
    for (let n = 0; n < 3; n++) await mesh.system.pushMany(items(700));
    await mesh.compact({ log: { commits: 1 }, history: { commits: 1 } });
  },
  close: async ({ other }) => {
    const mesh = new ContextMesh({ storage: other, tenantId: "closed" });
    await mesh.system.push(fresh(), 1, route);
    await mesh.close();
  },
};

const REGISTRY: Calls = Object.fromEntries(
  ["allStats", "stats", "limits", "totals", "release", "drop", "list", "mesh", "close"].map(
    (name) => [
      name,
      async ({ storage }) => {
        const registry = new TenantRegistry({ storage });
        await registry.mesh("acme").system.push(fresh(), 1, route);
        if (name === "allStats") for await (const stats of registry.allStats()) void stats;
        else await registry[name as "stats"]("acme");
        await registry.close();
      },
    ],
  ),
);

const OTHERS: Calls = {
  "an update that others are in the way of": async ({ mesh }) => {
    const key = fresh();
    const add = (): Promise<unknown> =>
      mesh.system.update<number>(key, (old = 0) => old + 1, route);
    await Promise.all(Array.from({ length: 12 }, add));
    expect(await mesh.system.get(key)).toBe(12);
  },
  "many calls one after the other": async ({ mesh }) => {
    const key = fresh();
    await mesh.system.push(key, 1, route);
    for (const end = realNow() + 30; realNow() < end;) await mesh.system.get(key);
    await mesh.system.push(key, 2);
  },
  "a lease's signal": async (world) => {
    const lease = await claimed(world);
    lease.signal.addEventListener("abort", () => undefined);
    await lease.release();
  },
  "a copy, a comparison, an export and an import": async ({ storage, other }) => {
    await copyTenant({ from: storage, to: other, tenantId: "default" });
    await compareTenants({ left: storage, right: other, tenantId: "default" });
    await verifyTenant({ storage, tenantId: "default" });
    await importTenant({
      storage: other,
      lines: exportTenant({ storage, tenantId: "default" }),
      tenantId: "imported",
    });
  },
  "a federation": ({ ann }) => federate({ ann }).getAll(),
  prompts: async ({ ann }) => {
    await renderContext(ann);
    await fillPrompt(ann, "Say {{key}}.");
    await promptMessages(ann, { message: "Hello." });
    const thread = new ContextThread(ann);
    await thread.next();
    await ann.push(fresh(), 1, route);
    await thread.next();
  },
  "calls of a model": ({ handler }) =>
    answerCalls(handler, [
      {
        id: "1",
        name: "push_context",
        arguments: JSON.stringify({ key: fresh(), value: 1, ...route }),
      },
      { id: "2", name: "list_context", arguments: "{}" },
    ]),
  "LangGraph's store": async ({ ann }) => {
    const store = new SynthaStore(ann);
    await store.put(["notes"], "a", { text: "hello" });
    await store.get(["notes"], "a");
    await store.search(["notes"]);
  },
};

/** Arguments with which a tool does not wait for others; most refuse none. */
async function argumentsOf(name: string, ann: AgentContext): Promise<object> {
  if (name === "push_context") return { topics: ["work"], key: fresh(), value: 1 };
  if (name !== "wait_for_changes") return {};
  const { cursor } = await ann.changes();
  await ann.push(fresh(), 1, route);
  return { since: cursor };
}

const TOOLS: Calls = Object.fromEntries(
  TOOL_NAMES.map((name) => [
    name,
    async ({ handler, ann }) => {
      await handler.handleToolCall(name, await argumentsOf(name, ann));
    },
  ]),
);

/**
 * Replaces all that Jest and Sinon replace but `process.nextTick`: this process talks to vitest by it, and pg hands out
 * idle connections with it. A program below replaces that too.
 */
function install(): FakeTimers.Clock {
  return FakeTimers.install({
    now: Date.now(),
    toNotFake: ["nextTick"],
    shouldClearNativeTimers: true,
  });
}

const realNow = performance.now.bind(performance);

describe.each(Object.keys(PLACES))("with every timer replaced by a fake clock, over %s", (name) => {
  let world: World;
  let clock: FakeTimers.Clock;

  beforeAll(async () => {
    const place = await (PLACES[name] as () => Promise<Place>)();
    const isObserved = name.includes("observed");
    clock = install();
    const mesh = new ContextMesh({
      storage: place.storage,
      ...(isObserved && { interceptor: meshInterceptor() }),
    });
    const ann = mesh.agent("Ann");
    await ann.subscribe(["work"]);
    const full = new ToolHandler(ann, { role: "admin", toolsets: TOOLSETS });
    const handler = isObserved ? instrumentTools(resilientHandler(full, policies)) : full;
    world = { ...place, mesh, ann, handler: handler as ToolHandler };
  });

  afterAll(async () => {
    // It closes under the fake clock as well.
    await world.mesh.close();
    clock.uninstall();
    await world.remove();
  });

  const suites: [string, Calls][] = [
    ["an agent's", AGENT],
    ["the system's", SYSTEM],
    ["a lease's", LEASE],
    ["a mesh's", MESH],
    ["a registry's", REGISTRY],
    ["the tool", TOOLS],
    ["", OTHERS],
  ];
  const cases = suites.flatMap(([whose, calls]) =>
    Object.entries(calls).map(([call, run]) => ({ title: `${whose} ${call}`.trim(), run })),
  );

  it.each(cases)("answers $title", async ({ run }) => {
    expect(await run(world).then(() => "answered")).toBe("answered");
  });
});

it("waits for a SQLite lock under a fake clock", async () => {
  const { folder, remove } = inFolder();
  const path = join(folder, "mesh.db");
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  await mesh.system.push("key", 1, route);
  const other = new SqliteDatabase(path);
  const clock = install();
  try {
    other.exec("BEGIN IMMEDIATE");
    const pushed = mesh.system.push("key", 2);
    await macrotask();
    other.exec("COMMIT");
    await pushed;
    expect(await mesh.system.get("key")).toBe(2);
    await mesh.close();
  } finally {
    clock.uninstall();
    other.close();
    await remove();
  }
});

// Jest's `fakeTimers: { enableGlobally: true }` replaces all of them before any module is loaded.
const PROGRAM = `
import FakeTimers from "@sinonjs/fake-timers";
FakeTimers.install();
const { ContextMesh, MemoryStorage } = await import("@syntha/core");
const { SqliteStorage } = await import("@syntha/storage-sqlite");
const { ToolHandler } = await import("@syntha/tools");
for (const storage of [new MemoryStorage(), new SqliteStorage({ path: ":memory:" })]) {
  const mesh = new ContextMesh({ storage });
  const ann = mesh.agent("Ann");
  await ann.subscribe(["work"]);
  const add = () => ann.update("count", (old = 0) => old + 1, { topics: ["work"] });
  await Promise.all(Array.from({ length: 12 }, add));
  for await (const change of ann.watch({ initial: true })) if (change.type === "ready") break;
  const stop = new AbortController();
  await ann.work("work", (item) => (stop.abort(), item.value), { signal: stop.signal });
  await new ToolHandler(ann).handleToolCall("list_context", {});
  for (let n = 0; n < 3; n++)
    await mesh.system.pushMany(Array.from({ length: 700 }, (_, k) => ({ key: n + " " + k, value: 1, global: true })));
  await mesh.compact({ log: { commits: 1 }, history: { commits: 1 } });
  console.log(await ann.get("count"));
  await mesh.close();
}
`;

it("answers with a fake clock installed before loading", () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", PROGRAM],
    { cwd: import.meta.dirname, encoding: "utf8", timeout: 110_000 },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: "12\n12\n", stderr: "", status: 0 });
});

it("has a row for each public call", async () => {
  const mesh = new ContextMesh();
  const registry = new TenantRegistry();
  await mesh.system.push("key", 1, { global: true });
  const lease = await mesh.system.claim({ key: "key" });
  const methodsOf = (object: object): string[] =>
    Object.entries(Object.getOwnPropertyDescriptors(object))
      .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
      .map(([name]) => name);
  const rows: [object, Calls][] = [
    [Object.getPrototypeOf(mesh.agent("Ann")), AGENT],
    [Object.getPrototypeOf(mesh.system), SYSTEM],
    [Object.getPrototypeOf(lease), LEASE],
    [Object.getPrototypeOf(mesh), MESH],
    [Object.getPrototypeOf(registry), REGISTRY],
  ];
  for (const [prototype, calls] of rows)
    expect(Object.keys(calls).toSorted()).toEqual(methodsOf(prototype).toSorted());
  await mesh.close();
});
