import type {
  ColumnQuery,
  Command,
  Query,
  SqlDatabase,
  SqlTransactions,
} from "@syntha/storage-sqlite/sql";
import type { ObjectStorage } from "./runtime.ts";

type Values = Parameters<Query["get"]>;
type Value = Values[number];
type Row = ReturnType<Query["all"]>[number];

/** Thrown to roll back a transaction whose result is not kept. */
class NotKept extends Error {
  readonly result: unknown;

  constructor(result: unknown) {
    super("The transaction is rolled back.");
    this.result = result;
  }
}

/**
 * A Durable Object's SQLite. The runtime caches a prepared statement for each text, and forbids BEGIN. Nothing else runs
 * during synchronous work, so a read needs no transaction.
 */
export class ObjectDatabase implements SqlDatabase, SqlTransactions {
  readonly #storage: ObjectStorage;

  constructor(storage: ObjectStorage) {
    this.#storage = storage;
  }

  query(sql: string): Query {
    return {
      get: (...values: Values) => this.#rows(sql, values).next().value as Row | undefined,
      all: (...values: Values) => [...this.#rows(sql, values)] as Row[],
    };
  }

  column(sql: string): ColumnQuery {
    return {
      all: (...values: Values) => Array.from(this.#rows(sql, values), ([value]) => value as Value),
    };
  }

  command(sql: string): Command {
    const number = (expression: string): number =>
      Number(this.#rows(`SELECT ${expression}`, []).next().value?.[0]);
    const result = {
      get changes() {
        return number("changes()");
      },
      get lastInsertRowid() {
        return number("last_insert_rowid()");
      },
    };
    return {
      run: (...values: Values) => {
        this.#storage.sql.exec(sql, ...values);
        return result;
      },
    };
  }

  exec(sql: string): void {
    this.#storage.sql.exec(sql);
  }

  read<T>(work: () => T): T {
    return work();
  }

  write<T>(work: () => T, isKept: (result: T) => boolean = () => true): T {
    try {
      return this.#storage.transactionSync(() => {
        const result = work();
        if (isKept(result)) return result;
        throw new NotKept(result);
      });
    } catch (error) {
      if (error instanceof NotKept) return error.result as T;
      throw error;
    }
  }

  #rows(sql: string, values: Values): IterableIterator<unknown[]> {
    return this.#storage.sql.exec(sql, ...values).raw();
  }
}
