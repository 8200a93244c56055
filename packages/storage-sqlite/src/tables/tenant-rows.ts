import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

/** Every table with rows of tenants except `tenant`, and its key after the tenant. */
const TABLES = {
  item: ["key"],
  item_audience: ["bucket", "key"],
  queue: ["queue", "rank", "ready_at", "queue_order", "item"],
  item_dependency: ["dependency", "key"],
  topic: ["name"],
  subscription: ["agent", "topic"],
  past_subscription: ["agent", "until_position", "topic"],
  agent: ["name"],
  usage: ["agent"],
  rate: ["agent"],
  event: ["position", "idx"],
  event_audience: ["bucket", "position", "idx"],
  log: ["position", "idx"],
} as const;

interface Deletion {
  /** The first row that a batch does not include. */
  readonly end: Query;
  /** Deletes the rows before that one. */
  readonly before: Command;
  readonly all: Command;
}

/** Deletes the rows of a tenant in batches. */
export class TenantRows {
  readonly #tables: readonly Deletion[];

  constructor(database: SqlDatabase) {
    this.#tables = Object.entries(TABLES).map(([table, key]) => {
      const columns = key.join(", ");
      const from = `FROM syntha_${table} WHERE tenant = ?`;
      return {
        end: query(database, `SELECT ${columns} ${from} ORDER BY ${columns} LIMIT 1 OFFSET ?`),
        before: command(
          database,
          `DELETE ${from} AND (${columns}) < (${key.map(() => "?").join(", ")})`,
        ),
        all: command(database, `DELETE ${from}`),
      };
    });
  }

  /** Deletes up to `limit` rows of each table. Returns whether none is left. */
  deleteBatch(tenant: number, limit: number): boolean {
    let isEmpty = true;
    for (const { end, before, all } of this.#tables) {
      const row = end.get(tenant, limit);
      if (row === undefined) {
        all.run(tenant);
      } else {
        before.run(tenant, ...row);
        isEmpty = false;
      }
    }
    return isEmpty;
  }
}
