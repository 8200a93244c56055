import type { TopicRecord } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";

type Columns = [name: string, subscribers: number, items: number];

/** Topics that have an item or a subscriber, with the number of each. */
export class Topics {
  readonly #find: Query<Columns>;
  readonly #from: Query<Columns>;
  readonly #insert: Command;
  readonly #update: Command;
  readonly #delete: Command;

  constructor(database: SqlDatabase) {
    this.#find = query(
      database,
      "SELECT name, subscribers, items FROM syntha_topic WHERE tenant = ? AND name = ?",
    );
    this.#from = query(
      database,
      "SELECT name, subscribers, items FROM syntha_topic WHERE tenant = ? AND name >= ? ORDER BY name LIMIT ?",
    );
    this.#insert = command(
      database,
      "INSERT INTO syntha_topic (tenant, name, subscribers, items) VALUES (?, ?, ?, ?)",
    );
    this.#update = command(
      database,
      "UPDATE syntha_topic SET subscribers = ?, items = ? WHERE tenant = ? AND name = ?",
    );
    this.#delete = command(database, "DELETE FROM syntha_topic WHERE tenant = ? AND name = ?");
  }

  /** Expired items count until they are swept. */
  find(tenant: number, name: string): TopicRecord | undefined {
    const row = this.#find.get(tenant, name);
    return row && toRecord(row);
  }

  from(tenant: number, name: string, limit: number): TopicRecord[] {
    return this.#from.all(tenant, name, limit).map(toRecord);
  }

  insert(tenant: number, { name, subscribers, items }: TopicRecord): void {
    this.#insert.run(tenant, name, subscribers, items);
  }

  update(tenant: number, { name, subscribers, items }: TopicRecord): void {
    this.#update.run(subscribers, items, tenant, name);
  }

  delete(tenant: number, name: string): void {
    this.#delete.run(tenant, name);
  }
}

function toRecord([name, subscribers, items]: Columns): TopicRecord {
  return { name, subscribers, items };
}
