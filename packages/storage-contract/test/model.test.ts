import { MemoryStorage } from "@syntha/core";
import { registerModelCases } from "../src/model/cases.ts";

registerModelCases({
  name: "memory under two meshes",
  plans: process.env["SYNTHA_TESTS"] === "full" ? 100 : 12,
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
