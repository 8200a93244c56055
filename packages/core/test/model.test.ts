import { MemoryStorage } from "@syntha/core";
import { registerModelCases } from "../src/storage-contract/model/index.ts";

registerModelCases({
  name: "memory under two meshes",
  create: ({ clock }) => {
    const storage = new MemoryStorage({ clock });
    return {
      storage,
      reopen: async () => storage,
      // Another mesh over the same object.
      second: async () => storage,
      cleanup: async () => {},
    };
  },
});
