import * as fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryStorage, verifyTenant } from "@syntha/core";
import type { FullStorage, StorageSupport } from "@syntha/core/storage";
import type { StorageContract, StorageFixture } from "../contract.ts";
import { assertSame, runParameters, TIMEOUT_MS } from "../harness/index.ts";
import { type Answer, withoutRandomValues } from "./answers.ts";
import { type Step, stepSequences } from "./step.ts";
import { TestedStorage } from "./tested-storage.ts";

/** Steps between two comparisons of everything that the storages answer. */
const STEPS_PER_COMPARISON = 10;

/**
 * Registers random steps on the storage and on the one in memory, copies from one to the other among them. Every raw
 * answer must be equal.
 */
export function registerComparison(contract: StorageContract): void {
  it(
    "answers like the storage in memory after random steps",
    async () => {
      const property = fc.asyncProperty(stepSequences, (steps) => compare(contract, steps));
      expect.hasAssertions();
      await fc.assert(property, { ...runParameters(contract.runs), endOnFailure: false });
    },
    TIMEOUT_MS,
  );
}

async function compare(contract: StorageContract, steps: readonly Step[]): Promise<void> {
  let now = 1_000_000;
  const clock = (): number => now;
  const inMemory = (): FullStorage => new MemoryStorage({ clock });
  const fixtures: StorageFixture[] = [];
  const create = async (): Promise<FullStorage> => {
    const fixture = await contract.create({ clock });
    fixtures.push(fixture);
    return fixture.storage as FullStorage;
  };
  let memory = new TestedStorage(inMemory());
  let tested = new TestedStorage(await create());
  const { supports } = tested.storage;
  await Promise.all([memory.storage.open(), tested.storage.open()]);
  try {
    const supported = steps.filter(({ type }) => isSupported(type, supports));
    for (const [i, step] of supported.entries()) {
      const [actual, expected] = [await tested.apply(step), await memory.apply(step)];
      const about = `the outcome of step ${i + 1}, ${fc.stringify(step)}, as in MemoryStorage`;
      assertSame(about, withoutRandomValues(actual), withoutRandomValues(expected));
      if (step.type === "clock") now += step.ms;
      if (step.type === "copy") {
        await memory.moveTo(await create(), step.batch);
        await tested.moveTo(inMemory(), step.batch);
        [memory, tested] = [tested, memory];
      }
      const isDue = i % STEPS_PER_COMPARISON === STEPS_PER_COMPARISON - 1;
      if (!isDue && i !== supported.length - 1) continue;
      expectSame(await tested.answers(supports), await memory.answers(supports), i + 1);
      if (supports.dump) await verify(tested.storage);
    }
  } finally {
    await Promise.all([memory.storage.close(), tested.storage.close()]);
    await Promise.all(fixtures.map((fixture) => fixture.cleanup()));
  }
}

function expectSame(
  actual: readonly Answer[],
  expected: readonly Answer[],
  afterStep: number,
): void {
  for (const [i, { call, answer }] of expected.entries()) {
    const about = `the answer to ${call} after step ${afterStep}, as in MemoryStorage`;
    assertSame(about, actual[i]?.answer, answer);
  }
  expect(actual.length).toBe(expected.length);
}

/** The log of each tenant folds to what is stored. */
async function verify(storage: FullStorage): Promise<void> {
  const { tenantIds } = await storage.listTenants({ limit: 10 });
  for (const tenantId of tenantIds) {
    const verification = await verifyTenant({ storage, tenantId, batch: 7 });
    // The storage closes with its last user.
    await storage.open();
    expect(verification).toMatchObject({ equal: true });
  }
}

function isSupported(type: Step["type"], { compaction, dump }: StorageSupport): boolean {
  return (type !== "compact" || compaction) && (type !== "copy" || dump);
}
