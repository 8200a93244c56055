import type { Storage } from "../storage/storage.ts";

/** An open storage in which something happens in front of each page that is read of a tenant. */
export function disturbed(storage: Storage, happen: (tenant: string) => Promise<void>): Storage {
  return {
    traits: storage.traits,
    open: () => Promise.resolve(),
    close: () => Promise.resolve(),
    commit: (...args) => storage.commit(...args),
    get: (...args) => storage.get(...args),
    list: (...args) => storage.list(...args),
    events: (...args) => storage.events(...args),
    agents: (...args) => storage.agents(...args),
    topics: (...args) => storage.topics(...args),
    stats: (...args) => storage.stats(...args),
    log: (...args) => storage.log(...args),
    bell: (...args) => storage.bell(...args),
    maintain: async (task) => {
      if (task.type === "dump") await happen(task.tenant);
      return storage.maintain(task);
    },
  };
}
