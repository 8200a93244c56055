import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { TOOL_NAMES } from "../src/index.ts";
import { storm } from "./storm.ts";

/** `SYNTHA_FUZZ_RUNS=1000000` for a long look; `SYNTHA_FUZZ_SEED` repeats one. */
const runs = Number(process.env["SYNTHA_FUZZ_RUNS"] ?? 3_000);
const seed = Number(process.env["SYNTHA_FUZZ_SEED"] ?? Date.now() % 2 ** 31);

describe("any call at all", () => {
  it(
    `never throws, never rejects, and writes nothing where it fails (seed ${seed})`,
    { timeout: 60_000 + runs * 20 },
    async () => {
      const { outcomes, wrong } = await storm({
        mesh: new ContextMesh({ sweepEvery: false }),
        seed,
        runs,
      });
      const sorted = [...outcomes].toSorted(([a], [b]) => (a < b ? -1 : 1));
      console.log(`${runs} calls, seed ${seed}:`, Object.fromEntries(sorted));
      expect(wrong).toBeUndefined();
      // Else it would prove little.
      const working = TOOL_NAMES.filter((tool) => (outcomes.get(`${tool} ok`) ?? 0) > 0);
      expect(working.length).toBeGreaterThan(12);
    },
  );
});
