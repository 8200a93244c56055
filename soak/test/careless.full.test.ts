import type { Storage } from "@syntha/core";
import type { Clock, LogEntry } from "@syntha/core/storage";
import { expect, it } from "vitest";
import { memorySite } from "../harness/memory-site.ts";
import type { Program } from "../harness/program.ts";
import { execute, type Result } from "../harness/run.ts";
import { tenants } from "../tenants.ts";
import { tools } from "../tools.ts";
import { ttl } from "../ttl.ts";
import { LAST } from "../watch/script.ts";
import { watch } from "../watch.ts";

/** A storage of which a few methods are not what they should be. */
type Careless = (storage: Storage) => Partial<Storage>;

/** What a program finds of it. */
async function found(program: Program, careless: Careless, count: number): Promise<Result> {
  const site = memorySite();
  let storage: Storage | undefined;
  const open = (clock?: Clock): Storage => {
    const whole = site.storage(clock);
    storage ??= faulty(whole, careless(whole));
    return storage;
  };
  const options = { storage: "memory", count, seed: 1 } as const;
  return execute(program, options, undefined, { ...site, storage: open });
}

function faulty(storage: Storage, careless: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get(target, name) {
      const own: unknown = Reflect.get(careless, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

it("finds a storage that takes tenants for one another", async () => {
  const plain = (tenant: string): string => tenant.normalize("NFKC").toLowerCase();
  const first = new Map<string, string>();
  const { breaches } = await found(
    tenants,
    (storage) => ({
      commit(tenant, commits, decide) {
        if (!first.has(plain(tenant))) first.set(plain(tenant), tenant);
        return storage.commit(tenant, commits, decide);
      },
      get: (tenant, as, keys) => storage.get(first.get(plain(tenant)) ?? tenant, as, keys),
    }),
    20_000,
  );
  expect(breaches[0]).toMatch(/told|where nothing is/);
});

it("finds a storage that goes on reading what has expired", async () => {
  const { breaches } = await found(
    ttl,
    (storage) => {
      let last: ReturnType<Storage["get"]> | undefined;
      let reads = 0;
      return {
        get(tenant, as, keys) {
          if (keys.length > 1) return storage.get(tenant, as, keys);
          // Every hundredth answer is an old one.
          const answer = storage.get(tenant, as, keys);
          if (++reads % 100 !== 0 || last === undefined) last = answer;
          return last;
        },
      };
    },
    10_000,
  );
  expect(breaches[0]).toMatch(/gave .*, not/);
});

it("finds a log that skips a change", async () => {
  const { breaches } = await found(
    watch,
    (storage) => ({
      async log(tenant, query) {
        const page = await storage.log(tenant, query);
        return { ...page, entries: page.entries.filter(({ position }) => position % 300 !== 0) };
      },
    }),
    10_000,
  );
  expect(breaches[0]).toMatch(/told change \d+ before \d+/);
});

it("finds a log that keeps its last change to itself", async () => {
  const { breaches } = await found(
    watch,
    (storage) => ({
      async log(tenant, query) {
        const page = await storage.log(tenant, query);
        const isLast = ({ change }: LogEntry): boolean => "key" in change && change.key === LAST;
        return { ...page, entries: page.entries.filter((entry) => !isLast(entry)) };
      },
    }),
    1_000,
  );
  expect(breaches[0]).toMatch(/no watch was told anything/);
});

it("finds a log that tells a change twice", async () => {
  const { breaches } = await found(
    watch,
    (storage) => ({
      async log(tenant, query) {
        const page = await storage.log(tenant, query);
        const entries = page.entries.flatMap((entry) =>
          entry.position % 300 === 0 ? [entry, entry] : [entry],
        );
        return { ...page, entries };
      },
    }),
    10_000,
  );
  expect(breaches[0]).toMatch(/again or late/);
});

it("finds a tool call that fails and has written", async () => {
  const { breaches } = await found(
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

it("tells that it was cut short, and that the promise held so far", async () => {
  const options = { storage: "memory", count: 100_000_000, seed: 1, minutes: 0.003 } as const;
  const { done, breaches } = await execute(ttl, options);
  expect(breaches).toEqual([]);
  expect(done).toBeGreaterThan(0);
  expect(done).toBeLessThan(100_000_000);
});
