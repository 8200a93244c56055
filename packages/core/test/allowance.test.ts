import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type Allowance, spend } from "../src/limit/allowance.ts";
import { Quotas } from "../src/limit/quota.ts";

it("allows at most rate × (T + 1) writes in T seconds, and returns the next time", () => {
  const tries = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 1, max: 9 })),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), tries, (perSecond, steps) => {
      let allowance: Allowance | undefined;
      let now = 1_000_000;
      const done: { at: number; writes: number }[] = [];
      const wrong: unknown[] = [];
      for (const [wait, writes] of steps) {
        now += wait;
        const answer = spend(allowance, writes, perSecond, now);
        if ("left" in answer) {
          allowance = answer;
          done.push({ at: now, writes });
          continue;
        }
        const { until } = answer;
        const isGranted = (at: number): boolean =>
          "left" in spend(allowance, writes, perSecond, at);
        const isRight =
          until === undefined
            ? writes > perSecond
            : until > now && !isGranted(until - 1) && isGranted(until);
        if (!isRight) wrong.push({ writes, now, until });
      }
      for (const [i, first] of done.entries()) {
        let total = 0;
        for (const { at, writes } of done.slice(i)) {
          total += writes;
          if (total > perSecond * ((at - first.at) / 1_000 + 1)) wrong.push({ first, at, total });
        }
      }
      expect(wrong).toEqual([]);
    }),
  );
});

it.each([
  { tenant: { items: -1 } },
  { tenant: { items: 1.5 } },
  { tenant: { bytes: "10" } },
  { tenant: { writesPerSecond: Number.NaN } },
  { tenant: { writes: 5 } },
  { tenant: null },
  { agent: 5 },
  { agents: { Ann: { item: 1 } } },
  { agents: { "": { items: 1 } } },
])("refuses %j as limits", (options) => {
  expect(() => new Quotas(options as never)).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENTS" }),
  );
});
