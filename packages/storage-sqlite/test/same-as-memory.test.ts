import { MemoryStorage } from "@syntha/core";
import { decide, type Outcome, type Storage } from "@syntha/core/storage";
import { SqliteStorage } from "@syntha/storage-sqlite";
import fc from "fast-check";
import { expect, it } from "vitest";
import { codeOf, everyAnswer, plain } from "./support/every-answer.ts";
import { type Granted, type Step, story } from "./support/random-steps.ts";
import { tempFile } from "./support/temp-file.ts";

/** One storage under test, with the leases that it granted. */
class Subject {
  readonly storage: Storage;
  readonly #granted = new Map<string, Granted[]>();

  constructor(storage: Storage) {
    this.storage = storage;
  }

  async take(next: Step): Promise<unknown> {
    switch (next.type) {
      case "commit": {
        const { epoch } = await this.storage.stats(next.tenant);
        const granted = this.#granted.get(next.tenant) ?? [];
        const commits = next.drafts.map((draft) => draft(granted, epoch));
        const outcomes = await this.storage.commit(next.tenant, commits, decide);
        this.#granted.set(next.tenant, [
          ...granted,
          ...outcomes.flatMap((outcome, i) => leasesOf(outcome, commits[i]?.by ?? null)),
        ]);
        return outcomes.map((each) => (each.ok ? each : { ok: false, error: codeOf(each.error) }));
      }
      case "compact":
        return this.storage.maintain({
          type: "compact",
          tenant: next.tenant,
          log: { [next.by]: next.keep },
          limit: 1_000,
        });
      case "drop":
        return this.storage.maintain(next);
      case "clock":
        return undefined;
    }
  }
}

function leasesOf(outcome: Outcome, by: string | null): Granted[] {
  if (!outcome.ok) return [];
  return outcome.results.flatMap((result) =>
    result.type === "claim" && result.row?.lease
      ? [{ key: result.row.key, by, position: result.row.lease.position }]
      : [],
  );
}

it("answers everything as the memory storage does, whatever happened before", async () => {
  const file = tempFile();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(story, async (steps) => {
      let now = 1_000_000;
      const clock = (): number => now;
      const memory = new Subject(new MemoryStorage({ clock }));
      const sqlite = new Subject(
        new SqliteStorage({ path: `${file}.${run++}`, clock, durability: "process" }),
      );
      await Promise.all([memory.storage.open(), sqlite.storage.open()]);
      try {
        for (const [i, next] of steps.entries()) {
          expect(plain(await sqlite.take(next))).toEqual(plain(await memory.take(next)));
          if (next.type === "clock") now += next.ms;
          const asked = i % 4 === 3 || i === steps.length - 1 ? [sqlite, memory] : [];
          const [mine, theirs] = await Promise.all(asked.map((each) => everyAnswer(each.storage)));
          expect(mine).toEqual(theirs);
        }
      } finally {
        await sqlite.storage.close();
      }
    }),
    { numRuns: Number(process.env.SYNTHA_RUNS ?? 15), endOnFailure: false },
  );
}, 600_000);
