import { MemoryStorage } from "@syntha/core";
import { storageContract } from "@syntha/storage-contract";

storageContract({
  name: "memory",
  // The model runs under two meshes, in model.test.ts.
  plans: process.env["SYNTHA_TESTS"] === "full" ? 25 : 3,
  create: ({ clock }) => {
    const storage = new MemoryStorage({ clock });
    // Its data lives as long as the object, across closing and opening.
    return { storage, reopen: async () => storage, cleanup: async () => {} };
  },
});
