import { MemoryStorage } from "@syntha/core";
import { storageContract } from "@syntha/storage-contract";

storageContract({
  name: "memory",
  scope: "all",
  runs: process.env["SYNTHA_TESTS"] === "full" ? 25 : 1,
  create: ({ clock }) => {
    const storage = new MemoryStorage({ clock });
    // The data lives as long as the object, across closing and opening.
    return { storage, reopen: async () => storage, cleanup: async () => {} };
  },
});
