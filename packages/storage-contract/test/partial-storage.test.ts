import { type Clock, MemoryStorage, type Storage } from "@syntha/core";
import { storageContract } from "@syntha/storage-contract";

/** Memory without capabilities, as a third storage begins. */
function partialStorage(clock: Clock): Storage {
  const memory: Storage = new MemoryStorage({ clock });
  const supports = { compaction: false, dump: false, pastSubscriptions: false };
  const missing = { compact: undefined, dump: undefined, load: undefined };
  const values = Object.entries({ supports, ...missing });
  return Object.defineProperties(
    memory,
    Object.fromEntries(values.map(([name, value]) => [name, { value }])),
  );
}

storageContract({
  name: "a storage without capabilities",
  scope: process.env["SYNTHA_TESTS"] === "full" ? "storage" : "wrapper",
  runs: 1,
  create: ({ clock }) => {
    const storage = partialStorage(clock);
    return {
      storage,
      reopen: async () => storage,
      second: async () => storage,
      cleanup: async () => {},
    };
  },
});
