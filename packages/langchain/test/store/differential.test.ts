import fc from "fast-check";
import {
  type BaseStore,
  InMemoryStore,
  type Operation,
  type PutOperation,
} from "@langchain/langgraph-checkpoint";
import { afterAll, expect, it } from "vitest";
import { closeStores, KINDS, storeOn } from "./stores.ts";

afterAll(closeStores);

// Few names, so that runs repeat addresses; some have a meaning in databases or paths.
const label = fc.constantFrom("a", "b", "ab", "a b", "%", "_", "*", "\\", "a/", "ü", "A");
const namespace = fc.array(label, { minLength: 1, maxLength: 3 });
const key = fc.constantFrom("k", "k2", "", "a/b", "%", "*", "//");
const field = fc.constantFrom<unknown>(1, 2, 10, "1", "tea", "", true, null);
const value = fc.dictionary(fc.constantFrom("x", "y"), field, { noNullPrototype: true });
const wanted = fc.oneof(
  field,
  fc.record({ $gt: field }),
  fc.record({ $gte: field, $lt: field }),
  fc.record({ $ne: field }),
  fc.record({ $lte: field }),
  fc.record({ $in: fc.array(field) }),
  fc.record({ $nin: fc.array(field) }),
);
const path = fc.array(label, { maxLength: 2 });

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ namespace, key, value: fc.option(value, { freq: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ namespace, key }) },
  {
    weight: 2,
    arbitrary: fc.record({
      namespacePrefix: fc.array(label, { maxLength: 2 }),
      filter: fc.option(
        fc.dictionary(fc.constantFrom("x", "y", "constructor"), wanted, { noNullPrototype: true }),
        { nil: undefined },
      ),
      limit: fc.constantFrom(1, 2, 100),
      offset: fc.constantFrom(0, 1, 5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      matchConditions: fc.array(
        fc.record({ matchType: fc.constantFrom("prefix" as const, "suffix" as const), path }),
        { maxLength: 2 },
      ),
      maxDepth: fc.constantFrom(1, 2, 9),
      limit: fc.constantFrom(2, 100),
      offset: fc.constantFrom(0, 1),
    }),
  },
);

const seed = Number(process.env["SYNTHA_FUZZ_SEED"] ?? Date.now() % 2 ** 31);
const RUNS: Readonly<Record<string, number>> = { memory: 150, SQLite: 60, Postgres: 15 };

it.for(KINDS)(
  `answers any operations on %s as InMemoryStore does (seed ${seed})`,
  { timeout: 120_000 },
  async (kind) => {
    const batches = fc.array(fc.array(operation, { minLength: 1, maxLength: 5 }), {
      maxLength: 12,
    });
    const property = fc.asyncProperty(batches, async (all: Operation[][]) => {
      const [reference, store] = [new FixedMemoryStore(), await storeOn(kind)];
      for (const batch of all) {
        const [expected, actual] = [await reference.batch(batch), await store.batch(batch)];
        const before = reference.before as BaseStore;
        const differences = batch.map((one, i) =>
          differenceOf(one, expected[i], actual[i], before),
        );
        expect((await Promise.all(differences)).filter(Boolean)).toEqual([]);
      }
    });
    await fc.assert(property, { seed, numRuns: RUNS[kind] ?? 20 });
  },
);

/**
 * LangGraph's store without its defects: it lists namespaces without items, and a get returns the stored object itself, which
 * a put of the same batch then changes. It also mixes up [["a"], "b:c"] and [["a", "b"], "c"] in one batch; the names here
 * avoid that.
 */
class FixedMemoryStore extends InMemoryStore {
  /** The state before the last batch. */
  before: InMemoryStore | undefined;

  override async batch<Op extends readonly Operation[]>(operations: Op) {
    this.before = await this.#copy();
    const results = await super.batch(operations);
    const namespaces = (this as unknown as { data: Map<string, Map<string, unknown>> }).data;
    for (const [name, items] of namespaces) if (items.size === 0) namespaces.delete(name);
    const isGet = (one: Operation): boolean => "key" in one && !("value" in one);
    const stateBefore = await this.before.batch(operations.filter(isGet));
    const found = operations.map((one, i) => (isGet(one) ? stateBefore.shift() : results[i]));
    return found as typeof results;
  }

  async #copy(): Promise<InMemoryStore> {
    const copy = new InMemoryStore();
    const [items] = await super.batch([{ namespacePrefix: [], limit: 10_000, offset: 0 }] as const);
    const puts = items.map(({ namespace: at, key: name, value: content }): PutOperation => ({
      namespace: at,
      key: name,
      value: content,
    }));
    await copy.batch(puts);
    return copy;
  }
}

const text = (one: unknown): string => JSON.stringify(one);

/** The orders differ: by first write there, by key here. So a page must have the same length and be part of all results. */
async function differenceOf(
  one: Operation,
  expected: unknown,
  actual: unknown,
  before: BaseStore,
): Promise<string | undefined> {
  const difference = (all: unknown) => `${text(one)}: ${text(actual)}, not ${text(all)}`;
  if (!Array.isArray(expected))
    return bare(actual) === bare(expected) ? undefined : difference(expected);
  const [all] = await before.batch([{ ...one, limit: 10_000, offset: 0 }] as Operation[]);
  const results = (all as unknown as unknown[]).map(bare);
  const page = (actual as unknown[]).map(bare);
  const isPage =
    page.length === expected.length &&
    new Set(page).size === page.length &&
    page.every((found) => results.includes(found));
  return isPage ? undefined : difference(results);
}

/** Without times; with fields in one order. */
function bare(found: unknown): string {
  if (found === null || Array.isArray(found)) return text(found);
  const { namespace: at, key: name, value: content } = found as PutOperation;
  return text([at, name, Object.entries(content ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
