import { type Storage, SynthaError } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";

/** A storage whose connection can be interrupted. */
export interface InterruptibleStorage {
  readonly storage: Storage;
  /**
   * Rejects every call with an error, UNAVAILABLE by default. A running read rejects too: its answer is lost.
   */
  interrupt(error?: SynthaError): void;
  /** Calls succeed again. */
  restore(): void;
  /** Calls rejected since the last interruption. */
  readonly rejectedCalls: number;
}

function unavailable(): SynthaError {
  return new SynthaError("UNAVAILABLE", "The server is restarting.", { hint: "Try again." });
}

/** Does not open or close the underlying storage. */
export function interruptibleStorage(storage: FullStorage): InterruptibleStorage {
  let reason: SynthaError | undefined;
  let rejectedCount = 0;
  const unless = async <T>(call: () => Promise<T>): Promise<T> => {
    if (reason === undefined) return call();
    rejectedCount++;
    throw reason;
  };
  const read = async <T>(call: () => Promise<T>): Promise<T> => {
    const answer = await unless(call);
    return unless(() => Promise.resolve(answer));
  };
  return {
    storage: {
      traits: storage.traits,
      supports: storage.supports,
      open: () => unless(() => Promise.resolve()),
      close: () => Promise.resolve(),
      commit: (...args) => unless(() => storage.commit(...args)),
      get: (...args) => read(() => storage.get(...args)),
      list: (...args) => read(() => storage.list(...args)),
      events: (...args) => read(() => storage.events(...args)),
      agents: (...args) => read(() => storage.agents(...args)),
      topics: (...args) => read(() => storage.topics(...args)),
      stats: (...args) => read(() => storage.stats(...args)),
      log: (...args) => read(() => storage.log(...args)),
      onCommit: (...args) => storage.onCommit(...args),
      listTenants: (query) => unless(() => storage.listTenants(query)),
      dropTenant: (request) => unless(() => storage.dropTenant(request)),
      compact: (request) => unless(() => storage.compact(request)),
      dump: (request) => unless(() => storage.dump(request)),
      load: (request) => unless(() => storage.load(request)),
    },
    interrupt(error = unavailable()) {
      reason = error;
      rejectedCount = 0;
    },
    restore() {
      reason = undefined;
    },
    get rejectedCalls() {
      return rejectedCount;
    },
  };
}
