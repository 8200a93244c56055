import { isSynthaError, SynthaError } from "@syntha/core";
import { type Clock, systemClock, wholeMs } from "@syntha/core/storage";
import { checkCallSize } from "../protocol/call-size.ts";
import { toErrorData } from "../protocol/error-data.ts";
import { fromMarked, toMarked } from "../protocol/marked.ts";
import { isMethodName, type ObjectMethods, type Reply } from "../protocol/methods.ts";
import { COMMITTED } from "../protocol/watch.ts";
import { Directory } from "./directory.ts";
import { ExpiryAlarm } from "./expiry-alarm.ts";
import { toFailure } from "./failure.ts";
import { ObjectDatabase } from "./object-database.ts";
import type { ObjectContext } from "./runtime.ts";
import { TenantReads } from "./tenant-reads.ts";
import { TenantTables } from "./tenant-tables.ts";
import { TenantWrites } from "./tenant-writes.ts";

export interface HostOptions {
  /** The time of commits and expiry. @default the system's clock */
  readonly clock?: Clock | undefined;
  /** Whether expired items are swept by the object's alarm. @default true */
  readonly hasAlarm?: boolean | undefined;
}

type Methods = {
  readonly [M in keyof ObjectMethods]: (...args: Parameters<ObjectMethods[M]>) => unknown;
};

/** What a Durable Object of the namespace does: it holds a tenant, or the directory, depending on its name. */
export class ObjectHost {
  readonly #context: ObjectContext;
  readonly #options: HostOptions;
  #methods: { readonly writes: TenantWrites; readonly all: Methods } | undefined;

  constructor(context: ObjectContext, options: HostOptions = {}) {
    this.#context = context;
    this.#options = options;
  }

  /** Runs a method; errors with a code are returned as data, a bug is thrown. */
  async invoke(method: string, args: readonly unknown[]): Promise<Reply> {
    try {
      if (!isMethodName(method)) throw unknownMethod(method);
      const run = this.#use().all[method] as (...args: unknown[]) => unknown;
      const value = toMarked(await run(...fromMarked(args)));
      // Only a read's answer can be too large.
      checkCallSize(value);
      return { ok: true, value };
    } catch (error) {
      const failure = toFailure(error);
      if (!isSynthaError(failure)) throw failure;
      return { ok: false, error: toErrorData(failure) };
    }
  }

  sweep(): Promise<void> {
    return this.#use().writes.sweep();
  }

  /** Not in the constructor: a class without SQLite fails here, and the caller learns why. */
  #use(): { readonly writes: TenantWrites; readonly all: Methods } {
    return (this.#methods ??= this.#create());
  }

  #create(): { readonly writes: TenantWrites; readonly all: Methods } {
    const { storage } = this.#context;
    const { clock = systemClock, hasAlarm = true } = this.#options;
    // Fails if the class has no SQLite.
    void storage.sql;
    const database = new ObjectDatabase(storage);
    const time = wholeMs(clock);
    const tables = new TenantTables(database, time);
    const reads = new TenantReads(tables);
    const host = {
      clock: time,
      alarm: hasAlarm ? new ExpiryAlarm(storage) : undefined,
      notify: () => this.#notify(),
      deleteAll: () => void storage.deleteAll(),
    };
    const writes = new TenantWrites(host, tables);
    const directory = new Directory(database);
    const all: Methods = {
      commit: (...args) => writes.commit(...args),
      get: (...args) => reads.get(...args),
      list: (...args) => reads.list(...args),
      events: (...args) => reads.events(...args),
      agents: (...args) => reads.agents(...args),
      topics: (...args) => reads.topics(...args),
      stats: (...args) => reads.stats(...args),
      log: (...args) => reads.log(...args),
      presence: (...args) => reads.presence(...args),
      dropTenant: (...args) => writes.dropTenant(...args),
      compact: (...args) => writes.compact(...args),
      dump: (...args) => reads.dump(...args),
      load: (...args) => writes.load(...args),
      beginOperation: (...args) => directory.beginOperation(...args),
      endOperation: (...args) => directory.endOperation(...args),
      listEntries: (...args) => directory.listEntries(...args),
      settleEntry: (...args) => directory.settleEntry(...args),
    };
    return { writes, all };
  }

  /** Notifies the watches of the tenant. */
  #notify(): void {
    for (const socket of this.#context.getWebSockets()) {
      try {
        socket.send(COMMITTED);
      } catch {
        // It is closing: its other end connects again, and then reads.
      }
    }
  }
}

function unknownMethod(method: string): SynthaError {
  return new SynthaError(
    "STORAGE_MISMATCH",
    `The deployed TenantObject has no method "${method}": it is of another release of @syntha/storage-durable-objects.`,
    { hint: "Deploy the Worker that exports TenantObject with the release that the caller has." },
  );
}
