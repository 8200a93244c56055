/**
 * For hosts of SQLite other than a file, such as Durable Objects: the tables, statements and rules of the storage, without
 * Node and without a driver. `@syntha/storage-durable-objects` is built on it. A host provides a {@link SqlDatabase} and
 * {@link SqlTransactions}, prepares the tables, and calls a {@link SyncStorage}.
 *
 * @example
 * prepareTables(database, transactions);
 * const storage = new SyncStorage(database, transactions, { clock: Date.now });
 * const { outcomes } = storage.commit("acme", commits, decide);
 */
export type {
  ColumnQuery,
  Command,
  Query,
  Row,
  SqlDatabase,
  SqlTransactions,
} from "./sql/database.ts";
export {
  type Presence,
  prepareTables,
  SyncStorage,
  type SyncStorageOptions,
} from "./sync-storage.ts";
export type { CommitResult } from "./writes/commit.ts";
export type { DropProgress } from "./writes/drop.ts";
export { StepsRequired } from "./writes/steps.ts";
