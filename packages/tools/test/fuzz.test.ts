import { ContextMesh } from "@syntha/core";
import { describe, expect, it } from "vitest";
import { TOOL_NAMES } from "../src/index.ts";
import { runFuzz } from "./fuzz.ts";

/** `SYNTHA_FUZZ_RUNS=1000000` runs longer; `SYNTHA_FUZZ_SEED` repeats a run. */
const usual = process.env["SYNTHA_TESTS"] === "full" ? 3_000 : 1_500;
const runs = Number(process.env["SYNTHA_FUZZ_RUNS"] ?? usual);
const seed = Number(process.env["SYNTHA_FUZZ_SEED"] ?? Date.now() % 2 ** 31);

describe("random calls", () => {
  it(
    `never throw, and write nothing if they fail (seed ${seed})`,
    { timeout: 60_000 + runs * 20 },
    async () => {
      const { outcomes, wrong } = await runFuzz({
        mesh: new ContextMesh({ sweepEvery: false }),
        seed,
        runs,
      });
      const sorted = [...outcomes].toSorted(([a], [b]) => (a < b ? -1 : 1));
      console.log(`${runs} calls, seed ${seed}:`, Object.fromEntries(sorted));
      expect(wrong).toBeUndefined();
      // Otherwise the run would prove little.
      const working = TOOL_NAMES.filter((tool) => (outcomes.get(`${tool} ok`) ?? 0) > 0);
      expect(working.length).toBeGreaterThan(12);
    },
  );
});
