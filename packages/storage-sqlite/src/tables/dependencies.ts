import type { ItemEffect, ItemRow } from "@syntha/core/storage";
import { type Command, command, type Query, query, type SqlDatabase } from "../sql/database.ts";
import { ITEM, toItem } from "./item-columns.ts";
import type { Routes } from "./routes.ts";

/** The dependencies that items have pending. */
export class Dependencies {
  readonly #dependents: Query;
  readonly #count: Query<[number]>;
  readonly #insert: Command;
  readonly #delete: Command;
  readonly #routes: Routes;

  constructor(database: SqlDatabase, routes: Routes) {
    this.#routes = routes;
    this.#dependents = query(
      database,
      `SELECT ${ITEM} FROM syntha_item_dependency d CROSS JOIN syntha_item i ON i.tenant = d.tenant AND i.key = d.key
       WHERE d.tenant = ? AND d.dependency = ? ORDER BY d.key`,
    );
    this.#count = query(
      database,
      "SELECT count(*) FROM syntha_item_dependency WHERE tenant = ? AND dependency = ?",
    );
    this.#insert = command(
      database,
      "INSERT OR IGNORE INTO syntha_item_dependency (tenant, dependency, key) VALUES (?, ?, ?)",
    );
    this.#delete = command(
      database,
      "DELETE FROM syntha_item_dependency WHERE tenant = ? AND dependency = ? AND key = ?",
    );
  }

  /** Items that have one of these keys pending, each once. */
  dependents(tenant: number, keys: readonly string[]): ItemRow[] {
    const rows = new Map<string, ItemRow>();
    for (const dependency of keys)
      for (const row of this.#dependents.all(tenant, dependency)) {
        const key = row[0] as string;
        if (!rows.has(key)) rows.set(key, toItem(row, this.#routes, tenant));
      }
    return [...rows.values()];
  }

  /** The number of items that have the key pending. */
  count(tenant: number, key: string): number {
    return this.#count.get(tenant, key)?.[0] ?? 0;
  }

  write(tenant: number, { key, resolves, awaits }: ItemEffect): void {
    for (const dependency of resolves) this.#delete.run(tenant, dependency, key);
    for (const dependency of awaits) this.#insert.run(tenant, dependency, key);
  }
}
