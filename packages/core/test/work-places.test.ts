import { ContextMesh, MemoryStorage } from "@syntha/core";
import { expect, it } from "vitest";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function meshWith(count: number, options: object = {}): Promise<ContextMesh> {
  const mesh = new ContextMesh(options);
  await mesh.system.pushMany(
    Array.from({ length: count }, (_, i) => ({ key: `task:${i}`, value: i, topics: ["jobs"] })),
  );
  return mesh;
}

it("claims nothing while a result waits for an asynchronous schema", async () => {
  let [validating, most, validated] = [0, 0, 0];
  const slow = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: async (value: unknown) => {
        if (value !== "done") return { value };
        most = Math.max(most, ++validating);
        await pause(5);
        validating--;
        validated++;
        return { value };
      },
    },
  };
  const schema = { items: { "task:*": slow } };
  await using mesh = await meshWith(20, { schema });
  const end = new AbortController();
  const working = mesh.system.work("jobs", () => "done" as never, { signal: end.signal });
  await expect.poll(() => validated).toBeGreaterThan(2);
  expect((await mesh.system.leases()).leases.length).toBeLessThanOrEqual(1);
  end.abort();
  await working;
  expect(most).toBe(1);
});

it("starts no other handler before onError has ended, also for a result that is refused", async () => {
  await using mesh = await meshWith(20);
  const end = new AbortController();
  let [reporting, most, reported] = [0, 0, 0];
  await mesh.system.work("jobs", () => 1n as never, {
    concurrency: 2,
    signal: end.signal,
    onError: async () => {
      most = Math.max(most, ++reporting);
      await pause(5);
      reporting--;
      if (++reported === 6) end.abort();
    },
  });
  expect(most).toBe(2);
});

it("gives timers a turn, though a storage in memory answers at once", async () => {
  await using mesh = await meshWith(2_000);
  const end = new AbortController();
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  let left = 2_000;
  const handler = (): void => {
    if (--left === 0) end.abort();
  };
  await mesh.system.work("jobs", handler, { signal: end.signal });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});

/** Damages what a claim of one key returns. */
class DamagingStorage extends MemoryStorage {
  override async commit(
    ...args: Parameters<MemoryStorage["commit"]>
  ): ReturnType<MemoryStorage["commit"]> {
    const outcomes = await super.commit(...args);
    return outcomes.map((outcome) => {
      if (!outcome.ok) return outcome;
      const results = outcome.results.map((result) =>
        result.type === "claim" && result.row?.key === "task:0"
          ? { ...result, row: { ...result.row, value: "{" } }
          : result,
      );
      return { ...outcome, results };
    });
  }
}

it("works on beside a report of a damaged item that does not end, and closes", async () => {
  const mesh = await meshWith(3, { storage: new DamagingStorage() });
  const seen: unknown[] = [];
  void mesh.system.work("jobs", ({ key }) => void seen.push(key), {
    concurrency: 2,
    onError: (error) => {
      seen.push(error);
      return new Promise<void>(() => undefined);
    },
  });
  await expect
    .poll(() => seen)
    .toEqual([expect.objectContaining({ code: "CORRUPT_DATA" }), "task:1", "task:2"]);
  await mesh.close();
});
