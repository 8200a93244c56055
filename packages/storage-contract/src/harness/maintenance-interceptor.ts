import type { Storage } from "@syntha/core";
import type { MaintenanceTask } from "@syntha/core/storage";

/** An open storage whose maintenance goes through `around`, so that something can happen before, after or instead. */
export function interceptMaintenance(
  storage: Storage,
  around: (task: MaintenanceTask, run: () => Promise<unknown>) => Promise<unknown>,
): Storage {
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
    onCommit: (...args) => storage.onCommit(...args),
    maintain: async (task) => (await around(task, () => storage.maintain(task))) as never,
  };
}
