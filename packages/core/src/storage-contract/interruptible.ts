import { SynthaError } from "../error/syntha-error.ts";
import type { Storage } from "../storage/storage.ts";

/** A storage over another one that can't be reached for a while. */
export interface Interruptible {
  readonly storage: Storage;
  /** From now on every call is refused with an error; UNAVAILABLE unless another one is given. */
  interrupt(error?: SynthaError): void;
  /** From now on calls are answered. */
  restore(): void;
  /** Calls that were refused since the last interruption. */
  readonly refused: number;
}

function unavailable(): SynthaError {
  return new SynthaError("UNAVAILABLE", "The server is restarting.", { hint: "Try again." });
}

/** Opens and closes nothing: the storage below is open. */
export function interruptible(storage: Storage): Interruptible {
  let reason: SynthaError | undefined;
  let refused = 0;
  const unless = async <T>(call: () => Promise<T>): Promise<T> => {
    if (reason === undefined) return call();
    refused++;
    throw reason;
  };
  return {
    storage: {
      traits: storage.traits,
      open: () => unless(() => Promise.resolve()),
      close: () => Promise.resolve(),
      commit: (...args) => unless(() => storage.commit(...args)),
      get: (...args) => unless(() => storage.get(...args)),
      list: (...args) => unless(() => storage.list(...args)),
      events: (...args) => unless(() => storage.events(...args)),
      agents: (...args) => unless(() => storage.agents(...args)),
      topics: (...args) => unless(() => storage.topics(...args)),
      stats: (...args) => unless(() => storage.stats(...args)),
      log: (...args) => unless(() => storage.log(...args)),
      bell: (...args) => storage.bell(...args),
      maintain: (task) => unless(() => storage.maintain(task)),
    },
    interrupt(error = unavailable()) {
      reason = error;
      refused = 0;
    },
    restore() {
      reason = undefined;
    },
    get refused() {
      return refused;
    },
  };
}
