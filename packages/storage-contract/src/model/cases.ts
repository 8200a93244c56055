import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "@syntha/core/testing";
import type { StorageContract } from "../contract.ts";
import { runParameters, TIMEOUT_MS } from "../harness/index.ts";
import { PlanRun } from "./plan-run.ts";
import { plans } from "./plan.ts";
import { raceProperty } from "./race.ts";

const RACES = [
  ["compare-and-set lets exactly one writer win", "compareAndSet"],
  ["concurrent updates of one value lose nothing", "updates"],
  ["claims grant and complete each item once", "claims"],
  ["rejected writes do not affect concurrent ones", "rejections"],
  ["calls take effect in the order they were made", "order"],
  ["one event is created per id", "publications"],
  ["interrupted watches add up to the final state", "watchRace"],
] as const;

const MAX_RACE_RUNS = 4;

/** Registers random interleavings that are compared with a small model of the rules. */
export function registerModelCases(contract: StorageContract): void {
  it(
    "matches the model of the rules after random steps",
    async () => {
      const property = fc.asyncProperty(plans, (steps) => PlanRun.run(contract, steps));
      await fc.assert(property, runParameters(contract.runs));
      expect.assertions(0);
    },
    TIMEOUT_MS,
  );
}

/** Registers races between concurrent callers, over all handles of the fixture. */
export function registerRaces(contract: StorageContract): void {
  describe("Races", () => {
    it.for(RACES)("%s", { timeout: TIMEOUT_MS }, async ([, name], { skip }) => {
      const fixture = await contract.create({ clock: manualClock() });
      await fixture.cleanup();
      if (name === "watchRace" && !fixture.storage.supports.pastSubscriptions)
        skip("it does not support pastSubscriptions");
      const { runs = MAX_RACE_RUNS } = contract;
      await fc.assert(raceProperty(contract, name), runParameters(Math.min(runs, MAX_RACE_RUNS)));
      expect.assertions(0);
    });
  });
}
