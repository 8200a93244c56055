import { once } from "node:events";
import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { startServer } from "@syntha/testing-postgres";
import Database from "better-sqlite3";
import { Logger, run } from "graphile-worker";
import pg from "pg";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";

const CONCURRENCY = 10;
const TASKS = 3_000;
const TENANTS = 16;
const ROUNDS = 5;
/** A handler that does nothing: what is measured is the queue. */
const HANDLER = (): string => "done";

/** How fast workers empty a queue that was filled before. */
export const drains: readonly Chapter[] = [
  {
    title: "Draining a queue on PostgreSQL, which waits for its disk",
    async *figures(): AsyncGenerator<Figure> {
      const server = await startServer({ durable: true });
      const peer = await Peer.open(server.url);
      const storage = new PostgresStorage({ connectionString: server.url });
      const meshes = Array.from(
        { length: 1 + TENANTS },
        (_, i) => new ContextMesh({ storage, tenantId: `tenant ${i}`, sweepEvery: false }),
      );
      const [alone, ...several] = meshes as [ContextMesh, ...ContextMesh[]];
      yield {
        name: `a task, concurrency ${CONCURRENCY}`,
        baseline: `graphile-worker, concurrency ${CONCURRENCY}`,
        within: 1,
        times: TASKS,
        rounds: ROUNDS,
        before: (times) => Promise.all([fill([alone], times), peer.fill(times)]),
        ours: (times) => drain([alone], times),
        against: (times) => peer.drain(times),
      };
      yield {
        name: `a task of ${TENANTS} tenants, concurrency ${CONCURRENCY} each`,
        baseline: `graphile-worker, concurrency ${CONCURRENCY}`,
        faster: 2,
        times: TASKS,
        rounds: ROUNDS,
        before: (times) => Promise.all([fill(several, times), peer.fill(times)]),
        ours: (times) => drain(several, times),
        against: (times) => peer.drain(times),
      };
      for (const mesh of meshes) await mesh.close();
      await storage.close();
      await peer.close();
      await server.stop();
    },
  },
  {
    title: `Draining a queue on SQLite, durability "power"`,
    async *figures(): AsyncGenerator<Figure> {
      const at = folder();
      const storage = new SqliteStorage({ path: at("mesh.db"), durability: "power" });
      const mesh = new ContextMesh({ storage, sweepEvery: false });
      const bare = new BareQueue(at("bare.db"));
      yield {
        name: `a task, concurrency ${CONCURRENCY}`,
        baseline: "a bare table of tasks, claimed and completed one by one",
        within: 1,
        times: TASKS,
        rounds: ROUNDS,
        before(times) {
          bare.fill(times);
          return fill([mesh], times);
        },
        ours: (times) => drain([mesh], times),
        against: () => bare.drain(),
      };
      await mesh.close();
      bare.close();
    },
  },
];

async function fill(meshes: readonly ContextMesh[], times: number): Promise<void> {
  const items = Array.from({ length: share(times, meshes) }, () => ({
    key: `task:${crypto.randomUUID()}`,
    value: { message: "Do nothing." },
    topics: ["work"],
  }));
  for (const mesh of meshes)
    for (let at = 0; at < items.length; at += 1_000)
      await mesh.system.pushMany(items.slice(at, at + 1_000));
}

const share = (times: number, { length }: { length: number }): number => Math.ceil(times / length);

/** Completed tasks stay, with their results. */
async function drain(meshes: readonly ContextMesh[], times: number): Promise<void> {
  await Promise.all(
    meshes.map(async ({ system }) => {
      const end = new AbortController();
      let left = share(times, meshes);
      const handler = (): string => {
        if (--left === 0) end.abort();
        return HANDLER();
      };
      await system.work("work", handler, { concurrency: CONCURRENCY, signal: end.signal });
    }),
  );
}

/** A job queue on PostgreSQL that many programs use. */
class Peer {
  readonly #pool: pg.Pool;
  readonly #disconnected: Promise<unknown>[] = [];

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
    pool.on("error", () => undefined);
    pool.on("connect", (client) => {
      client.on("error", () => undefined);
      this.#disconnected.push(once(client, "end"));
    });
  }

  static async open(connectionString: string): Promise<Peer> {
    const peer = new Peer(new pg.Pool({ connectionString, max: CONCURRENCY + 1 }));
    // Its first run creates its tables.
    const runner = await peer.#run(() => undefined);
    await runner.stop();
    return peer;
  }

  async fill(count: number): Promise<void> {
    await this.#pool.query(
      `SELECT graphile_worker.add_jobs(array_agg(
         ('task', '{"message": "Do nothing."}'::json, NULL, NULL, NULL, NULL, NULL, NULL)::graphile_worker.job_spec))
       FROM generate_series(1, $1)`,
      [count],
    );
  }

  async drain(count: number): Promise<void> {
    let left = count;
    let end: () => void;
    const drained = new Promise<void>((resolve) => {
      end = resolve;
    });
    const runner = await this.#run(() => {
      if (--left === 0) end();
    });
    await drained;
    await runner.stop();
  }

  async close(): Promise<void> {
    await this.#pool.end();
    await Promise.all(this.#disconnected);
  }

  #run(task: () => void) {
    return run({
      pgPool: this.#pool,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      // It would write two lines for each job.
      logger: new Logger(() => () => undefined),
      taskList: { task },
    });
  }
}

/** What a program with a table of tasks does: a transaction claims one, another one stores its result. */
class BareQueue {
  readonly #db: Database.Database;

  constructor(path: string) {
    this.#db = new Database(path);
    this.#db.pragma("journal_mode = WAL");
    this.#db.pragma("synchronous = FULL");
    this.#db.exec(`
      CREATE TABLE task (id INTEGER PRIMARY KEY, state TEXT NOT NULL, lease_until INTEGER, value TEXT NOT NULL, result TEXT);
      CREATE INDEX open_task ON task (id) WHERE state = 'open'`);
  }

  fill(count: number): void {
    const insert = this.#db.prepare("INSERT INTO task (state, value) VALUES ('open', ?)");
    this.#db.transaction(() => {
      for (let i = 0; i < count; i++) insert.run(`{"message":"Do nothing."}`);
    })();
  }

  drain(): void {
    const claim = this.#db.prepare(`
      UPDATE task SET state = 'leased', lease_until = ?
      WHERE id = (SELECT id FROM task WHERE state = 'open' ORDER BY id LIMIT 1) RETURNING id, value`);
    const complete = this.#db.prepare(
      "UPDATE task SET state = 'done', result = ? WHERE id = ? AND state = 'leased'",
    );
    for (;;) {
      const task = claim.get(Date.now() + 30_000) as { id: number; value: string } | undefined;
      if (task === undefined) return;
      JSON.parse(task.value);
      complete.run(JSON.stringify(HANDLER()), task.id);
    }
  }

  close(): void {
    this.#db.close();
  }
}
