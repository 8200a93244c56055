import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StorageContract } from "../fixture.ts";
import { plans } from "./plan.ts";
import { runs } from "./runs.ts";
import { Play } from "./play.ts";

/** Cases that one test may take. */
const LONGEST_MS = 3_600_000;

/** Registers the random cases: one storage against a small model of the rules, by random interleavings. */
export function registerModelCases(contract: StorageContract): void {
  describe(`${contract.name}: like the model`, () => {
    it(
      "answers, shows and tells what the rules say, whatever happens in whatever order",
      async () => {
        const property = fc.asyncProperty(plans, (steps) => Play.run(contract, steps));
        await fc.assert(property, runs(40));
        expect.assertions(0);
      },
      LONGEST_MS,
    );
  });
}
