import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import Database from "better-sqlite3";
import { sample, sampleKey } from "./sample.ts";

/**
 * The same rows that one push of a new item on one topic writes, by nothing but prepared statements: item, its audience
 * (topic and owner), its position in the topic's queue, the topic's count, the log entry, the tenant's head.
 */
export class BareSqlite {
  readonly #database: Database.Database;
  readonly #push: (from: number, count: number) => void;
  readonly #get: Database.Statement<[string], { value: string }>;
  #head = 2;

  private constructor(database: Database.Database) {
    this.#database = database;
    const item = database.prepare(
      `INSERT INTO syntha_item (tenant, key, route, owner, author, revision, state, created_at, updated_at, attempts, ready_at, queue_order, value)
       VALUES (1, ?, ?, 'Writer', 'Writer', ?, 'open', ?, ?, 0, ?, ?, ?)`,
    );
    const audience = database.prepare(
      "INSERT INTO syntha_item_audience (tenant, bucket, key, item) VALUES (1, ?, ?, ?)",
    );
    const queue = database.prepare(
      "INSERT INTO syntha_queue (tenant, queue, rank, ready_at, queue_order, item) VALUES (1, 'twork', 0, ?, ?, ?)",
    );
    const topic = database.prepare(
      "UPDATE syntha_topic SET items = items + ? WHERE tenant = 1 AND name = 'work'",
    );
    const log = database.prepare(
      `INSERT INTO syntha_log (tenant, position, idx, commit_id, at, actor, type, key, detail, value)
       VALUES (1, ?, 0, ?, ?, 'Writer', 'put', ?, ?, ?)`,
    );
    const tenant = database.prepare(
      "UPDATE syntha_tenant SET head = ?, head_commit_id = ?, now = ?, items = items + ? WHERE id = 1",
    );
    const [route, detail] = database
      .prepare(
        "SELECT i.route, l.detail FROM syntha_item i JOIN syntha_log l ON l.key = i.key LIMIT 1",
      )
      .raw()
      .get() as [string, string];
    const add = (i: number, now: number): void => {
      const [key, value, position] = [sampleKey(i), JSON.stringify(sample(i)), ++this.#head];
      const order = position * 16_384;
      const { lastInsertRowid } = item.run(key, route, position, now, now, now, order, value);
      audience.run("twork", key, lastInsertRowid);
      audience.run("oWriter", key, lastInsertRowid);
      queue.run(now, order, lastInsertRowid);
      log.run(position, 1 + Math.floor(Math.random() * 4e9), now, key, detail, value);
    };
    const push = database.transaction((from: number, count: number) => {
      const now = Date.now();
      for (let n = 0; n < count; n++) add(from + n, now);
      topic.run(count);
      tenant.run(this.#head, 1, now, count);
    });
    this.#push = (from, count) => push.immediate(from, count);
    this.#get = database.prepare("SELECT value FROM syntha_item WHERE tenant = 1 AND key = ?");
  }

  /** A database with the layout of storage-sqlite, a tenant and a topic. */
  static async open(path: string, synchronous: "FULL" | "NORMAL"): Promise<BareSqlite> {
    const mesh = new ContextMesh({ storage: new SqliteStorage({ path }), sweepEvery: false });
    await mesh.agent("Reader").subscribe(["work"]);
    await mesh.agent("Writer").push("first", sample(0), { topics: ["work"] });
    await mesh.close();
    const database = new Database(path);
    database.pragma("journal_mode = WAL");
    database.pragma(`synchronous = ${synchronous}`);
    return new BareSqlite(database);
  }

  push(i: number): void {
    this.#push(i, 1);
  }

  /** As many new items in one transaction. */
  pushAll(from: number, count: number): void {
    this.#push(from, count);
  }

  get(i: number): unknown {
    return JSON.parse((this.#get.get(sampleKey(i)) as { value: string }).value);
  }

  close(): void {
    this.#database.close();
  }
}
