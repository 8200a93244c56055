import { MemoryStorage } from "@syntha/core";
import { describe } from "vitest";
import { registerModelCases, registerRaces } from "../src/model/cases.ts";

const contract = {
  name: "memory",
  runs: process.env["SYNTHA_TESTS"] === "full" ? 100 : 5,
  create: ({ clock }: { readonly clock: () => number }) => {
    const storage = new MemoryStorage({ clock });
    return {
      storage,
      reopen: async () => storage,
      // Another mesh over the same object.
      second: async () => storage,
      cleanup: async () => {},
    };
  },
};

describe("memory under two meshes", () => {
  registerModelCases(contract);
  registerRaces(contract);
});
