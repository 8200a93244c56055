import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StorageContract } from "../contract.ts";
import { plans } from "./plan.ts";
import { PlanRun } from "./plan-run.ts";
import { raceProperty } from "./race.ts";
import { runParameters } from "../harness/run-parameters.ts";

const LONGEST_MS = 3_600_000;

const RACES = [
  ["lets exactly one of many write on a revision", "compareAndSet"],
  ["loses nothing that many add to one value", "updates"],
  ["puts no item into two hands, and completes none twice", "claims"],
  ["writes what may be written, whatever is refused beside it", "refusals"],
  ["writes in the order in which it was asked", "order"],
  ["keeps one event of one id", "publications"],
  ["tells watchers that are cut again and again what adds up", "watchRace"],
] as const;

/**
 * Registers the random cases: one storage against a small model of the rules, by random interleavings and by races.
 * Each failure prints the seed and path by which it comes again (see `runs.ts`).
 */
export function registerModelCases(contract: StorageContract): void {
  describe(`${contract.name}: like the model`, () => {
    it(
      "answers, shows and tells what the rules say, whatever happens in whatever order",
      async () => {
        const property = fc.asyncProperty(plans, (steps) => PlanRun.run(contract, steps));
        await fc.assert(property, runParameters(contract.plans ?? 25));
        expect.assertions(0);
      },
      LONGEST_MS,
    );

    it.each(RACES)(
      "%s",
      async (_, name) => {
        await fc.assert(raceProperty(contract, name), runParameters(4));
        expect.assertions(0);
      },
      LONGEST_MS,
    );
  });
}
