import type { Storage } from "@syntha/core";
import type { Clock, LogEntry } from "@syntha/core/storage";
import { expect, it } from "vitest";
import { memoryDatabase } from "../harness/database.ts";
import { execute, type Program, type Result } from "../harness/run.ts";
import { tenants } from "../tenants.ts";
import { tools } from "../tools.ts";
import { ttl } from "../ttl.ts";
import { watch } from "../watch.ts";
import { LAST } from "../watch/script.ts";

/** Replaces methods of a storage with faulty ones. */
type FaultyMethods = (storage: Storage) => Partial<Storage>;

/** Runs a program on a faulty storage. */
async function runOnFaulty(
  program: Program,
  faults: FaultyMethods,
  count: number,
): Promise<Result> {
  const database = memoryDatabase();
  let storage: Storage | undefined;
  const open = (clock?: Clock): Storage => {
    const original = database.storage(clock);
    storage ??= faulty(original, faults(original));
    return storage;
  };
  const options = { storage: "memory", count, seed: 1 } as const;
  return execute(program, options, undefined, { ...database, storage: open });
}

function faulty(storage: Storage, faults: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const own: unknown = Reflect.get(faults, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

it("detects a storage that confuses tenants", async () => {
  const normalize = (tenant: string): string => tenant.normalize("NFKC").toLowerCase();
  const first = new Map<string, string>();
  const { breaches } = await runOnFaulty(
    tenants,
    (storage) => ({
      commit(tenant, commits, decide) {
        if (!first.has(normalize(tenant))) first.set(normalize(tenant), tenant);
        return storage.commit(tenant, commits, decide);
      },
      get: (tenant, as, keys) => storage.get(first.get(normalize(tenant)) ?? tenant, as, keys),
    }),
    20_000,
  );
  expect(breaches[0]).toMatch(/revealed|absent tenant/);
});

it("detects a storage that returns expired items", async () => {
  const { breaches } = await runOnFaulty(
    ttl,
    (storage) => {
      let last: ReturnType<Storage["get"]> | undefined;
      let reads = 0;
      return {
        get(tenant, as, keys) {
          if (keys.length > 1) return storage.get(tenant, as, keys);
          // Every hundredth answer is stale.
          const answer = storage.get(tenant, as, keys);
          if (++reads % 100 !== 0 || last === undefined) last = answer;
          return last;
        },
      };
    },
    10_000,
  );
  expect(breaches[0]).toMatch(/returned .*, not/);
});

type EditEntries = (entries: readonly LogEntry[]) => readonly LogEntry[];

const isLast = ({ change }: LogEntry): boolean => "key" in change && change.key === LAST;

it.each<[fault: string, count: number, edit: EditEntries, breach: RegExp]>([
  [
    "skips a change",
    10_000,
    (entries) => entries.filter(({ position }) => position % 300 !== 0),
    /received change \d+ before \d+/,
  ],
  [
    "lacks its last change",
    1_000,
    (entries) => entries.filter((entry) => !isLast(entry)),
    /no watch received anything/,
  ],
  [
    "repeats a change",
    10_000,
    (entries) => entries.flatMap((each) => (each.position % 300 === 0 ? [each, each] : [each])),
    /twice or late/,
  ],
])("detects a log that %s", async (_, count, edit, breach) => {
  const faults: FaultyMethods = (storage) => ({
    async log(tenant, query) {
      const page = await storage.log(tenant, query);
      return { ...page, entries: edit(page.entries) };
    },
  });
  const { breaches } = await runOnFaulty(watch, faults, count);
  expect(breaches[0]).toMatch(breach);
});

it("detects a failed tool call that wrote", async () => {
  const { breaches } = await runOnFaulty(
    tools,
    (storage) => {
      let commits = 0;
      return {
        async commit(tenant, all, decide) {
          const outcomes = await storage.commit(tenant, all, decide);
          if (++commits % 50 === 0) throw new Error("The disk is full.");
          return outcomes;
        },
      };
    },
    2_000,
  );
  expect(breaches[0]).toMatch(/hasWritten/);
});

it("reports a partial run that stopped at the time limit", async () => {
  const options = { storage: "memory", count: 100_000_000, seed: 1, minutes: 0.003 } as const;
  const { done, breaches } = await execute(ttl, options);
  expect(breaches).toEqual([]);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(100_000_000);
});
