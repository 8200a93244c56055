import Database from "better-sqlite3";
import { sample, sampleKey } from "./sample.ts";

/** A log of which a reader sees the items on the topic "work". */
export interface BareLog {
  /** The values of the oldest entries that the reader sees. */
  read(count: number): unknown[];
  close(): void;
}

/** A log in an array, with values as text: each reader receives a copy. */
export class ArrayLog implements BareLog {
  readonly #entries: readonly {
    readonly type: string;
    readonly key: string;
    readonly topics: readonly string[];
    readonly value: string;
  }[];

  constructor(entries: number) {
    this.#entries = Array.from({ length: entries }, (_, i) => ({
      type: "put",
      key: sampleKey(i),
      topics: ["work"],
      value: JSON.stringify(sample(i)),
    }));
  }

  read(count: number): unknown[] {
    const seen: unknown[] = [];
    for (const { type, topics, value } of this.#entries) {
      if (seen.length === count) break;
      if (type === "put" && topics.includes("work")) seen.push(JSON.parse(value));
    }
    return seen;
  }

  /** The items that the reader sees, one by one, each with what an item of the mesh has, and a cursor. */
  async *items(): AsyncGenerator<{ readonly item: object; readonly cursor: string }> {
    let position = 0;
    for (const { type, key, topics, value } of this.#entries) {
      position++;
      if (type !== "put" || !topics.includes("work")) continue;
      const item = {
        key,
        value: JSON.parse(value) as unknown,
        topics: [...topics],
        subscribers: [],
        global: false,
        owner: "Writer",
        author: "Writer",
        revision: position,
        state: "open",
        createdAt: new Date(position),
        updatedAt: new Date(position),
        expiresAt: undefined,
        attempts: 0,
        priority: 0,
        notBefore: undefined,
        dependsOn: [],
        pendingDependencies: [],
        lastFailure: undefined,
      };
      yield { item, cursor: `c1.${position.toString(36)}` };
    }
  }

  close(): void {
    // Nothing is open.
  }
}

/** The log of the mesh in a file. As a watch does, it leaves out what the reader did not see then, or does not see now. */
export class SqliteLog implements BareLog {
  readonly #database: Database.Database;
  readonly #select: Database.Statement<[number], [detail: string, value: string]>;

  constructor(path: string) {
    this.#database = new Database(path);
    // CROSS JOIN fixes the join order.
    this.#select = this.#database
      .prepare<[number], [detail: string, value: string]>(
        `SELECT l.detail, l.value FROM syntha_log l
       CROSS JOIN syntha_item_audience a ON a.tenant = 1 AND a.bucket = 'twork' AND a.key = l.key
       WHERE l.tenant = 1 AND l.type = 'put' ORDER BY l.position, l.idx LIMIT ?`,
      )
      .raw();
  }

  read(count: number): unknown[] {
    const seen: unknown[] = [];
    for (const [detail, value] of this.#select.all(count)) {
      const [, [topics]] = JSON.parse(detail) as [unknown, [string[]]];
      if (topics.includes("work")) seen.push(JSON.parse(value));
    }
    return seen;
  }

  close(): void {
    this.#database.close();
  }
}
