import { DatabaseSync } from "node:sqlite";
import type { Command, Query, SqlDatabase, SqlTransactions } from "@syntha/storage-sqlite/sql";
import { DurableObjectStorage } from "../../src/index.ts";
import { Directory } from "../../src/object/directory.ts";
import { isValid } from "../../src/object/registration.ts";
import {
  DIRECTORY_NAME,
  type DirectoryMethods,
  type Registration,
  UNREGISTERED,
} from "../../src/protocol/methods.ts";

/** SQLite in this process, for the directory. */
export function openDatabase(): SqlDatabase & SqlTransactions {
  const handle = new DatabaseSync(":memory:");
  const prepare = (sql: string) => {
    const statement = handle.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const query = (sql: string) => prepare(sql) as unknown as Query;
  return {
    query,
    column: (sql) => ({
      all: (...values) =>
        query(sql)
          .all(...values)
          .map(([value = null]) => value),
    }),
    command: (sql) => prepare(sql) as unknown as Command,
    exec: (sql) => handle.exec(sql),
    read: (work) => work(),
    write(work) {
      handle.exec("BEGIN");
      try {
        const result = work();
        handle.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk has rolled it back already.
        if (handle.isTransaction) handle.exec("ROLLBACK");
        throw error;
      }
    },
  };
}

/** Waits for its turn: the simulation decides when each message arrives. */
export type Turn = (label: string) => Promise<void>;

/**
 * The real directory, and tenants that only exist or do not. Messages between them and the callers take as long as the
 * simulation lets them: the runtime's own can't be delayed at will.
 */
export class SimulatedObjects {
  readonly tenants = new Set<string>();
  now = 1_000_000_000;
  readonly #directory = new Directory(openDatabase(), () => this.now);

  /** A caller in another process. @param isCrashed Whether the process has ended: it receives no more answers. */
  open(turn: Turn, isCrashed: () => boolean = () => false): DurableObjectStorage {
    const never = new Promise<never>(() => undefined);
    return new DurableObjectStorage({
      namespace: {
        idFromName: (name: string): object => ({ name }),
        get: ({ name }: { readonly name: string }) => ({
          invoke: async (method: string, args: readonly unknown[]) => {
            if (isCrashed()) return never;
            await turn(`${method} ${name} arrives`);
            const value = this.#answer(name, method, args);
            await turn(`${method} ${name} is answered`);
            return isCrashed() ? never : { ok: true, value };
          },
        }),
      },
    });
  }

  #answer(name: string, method: string, args: readonly unknown[]): unknown {
    if (name === DIRECTORY_NAME) {
      const run = this.#directory[method as keyof DirectoryMethods] as (
        ...args: unknown[]
      ) => unknown;
      return run.apply(this.#directory, [...args]);
    }
    switch (method) {
      case "commit":
        if (!this.tenants.has(name)) {
          if (!isValid(args[2] as Registration | undefined, this.now)) return UNREGISTERED;
          this.tenants.add(name);
        }
        return (args[1] as readonly unknown[]).map(() => ({ ok: true }));
      case "dropTenant":
        if (!isValid(args[1] as Registration, this.now)) return UNREGISTERED;
        return { existed: this.tenants.delete(name) };
      case "presence":
        return this.tenants.has(name) ? "complete" : "none";
      default:
        throw new Error(`Unexpected call: ${method}.`);
    }
  }
}
