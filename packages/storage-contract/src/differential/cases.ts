import * as fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryStorage } from "@syntha/core";
import type { FullStorage } from "@syntha/core/storage";
import type { StorageContract, StorageFixture } from "../contract.ts";
import { runParameters } from "../harness/run-parameters.ts";
import { withoutRandomValues } from "./answers.ts";
import { type Step, stepSequences } from "./step.ts";
import { TestedStorage } from "./tested-storage.ts";

const LONGEST_MS = 3_600_000;

/**
 * Registers, with vitest, a comparison with the storage in memory: the same random steps on both, copies from one to the
 * other among them, and then every question that a storage can be asked. It looks closer than the contract, at what
 * only core sees. A failure prints the seed and path by which it comes again.
 */
export function compareWithMemory(contract: StorageContract, usualRuns = 15): void {
  it(
    `answers everything as the memory storage does, whatever happened before: ${contract.name}`,
    async () => {
      const property = fc.asyncProperty(stepSequences, (steps) => compare(contract, steps));
      expect.hasAssertions();
      await fc.assert(property, { ...runParameters(usualRuns), endOnFailure: false });
    },
    LONGEST_MS,
  );
}

async function compare(contract: StorageContract, steps: readonly Step[]): Promise<void> {
  let now = 1_000_000;
  const clock = (): number => now;
  const inMemory = (): FullStorage => new MemoryStorage({ clock });
  const fixtures: StorageFixture[] = [];
  const inSubject = async (): Promise<FullStorage> => {
    const fixture = await contract.create({ clock });
    fixtures.push(fixture);
    return fixture.storage as FullStorage;
  };
  let memory = new TestedStorage(inMemory());
  let subject = new TestedStorage(await inSubject());
  await Promise.all([memory.storage.open(), subject.storage.open()]);
  try {
    for (const [i, next] of steps.entries()) {
      expect(withoutRandomValues(await subject.apply(next))).toEqual(
        withoutRandomValues(await memory.apply(next)),
      );
      if (next.type === "clock") now += next.ms;
      if (next.type === "copy") {
        await memory.moveTo(await inSubject(), next.batch);
        await subject.moveTo(inMemory(), next.batch);
        [memory, subject] = [subject, memory];
      }
      if (i % 10 !== 9 && i !== steps.length - 1) continue;
      const [mine, theirs] = await Promise.all([subject.answers(), memory.answers()]);
      expect(withoutRandomValues(mine)).toEqual(withoutRandomValues(theirs));
    }
  } finally {
    await Promise.all([memory.storage.close(), subject.storage.close()]);
    await Promise.all(fixtures.map((fixture) => fixture.cleanup()));
  }
}
