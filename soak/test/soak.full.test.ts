import { postgresUrl } from "@syntha/testing-postgres/vitest";
import { describe, expect, it } from "vitest";
import type { StorageKind } from "../harness/database.ts";
import { execute, type Program } from "../harness/run.ts";
import { PROGRAMS } from "../programs.ts";

/** `SYNTHA_SOAK_SEED` repeats a run. */
const seed = Number(process.env["SYNTHA_SOAK_SEED"] ?? Date.now() % 2 ** 31);

type Counts = Partial<Record<StorageKind, number>>;

const cases: [sentence: string, name: string, counts: Counts][] = [
  [
    "keeps acknowledged writes of killed writers",
    "kill",
    { sqlite: 3, "node-sqlite": 3, postgres: 2 },
  ],
  ["keeps acknowledged writes of a killed server", "kill-server", { postgres: 2 }],
  ["loses no compare-and-set update between processes", "cas", { sqlite: 400, postgres: 160 }],
  ["returns no expired item when clocks step", "ttl", { sqlite: 8_000, postgres: 2_000 }],
  ["completes all work exactly once", "claims", { sqlite: 150, postgres: 80 }],
  ["emits each change once across reconnects", "watch", { sqlite: 8_000, postgres: 2_000 }],
  ["lets lagging watches catch up", "slow-watchers", { sqlite: 4_000 }],
  [
    "isolates tenants with similar names",
    "tenants",
    { sqlite: 2_000, postgres: 300, memory: 4_000 },
  ],
  ["leaves a dropped tenant complete or deleted", "drops", { sqlite: 20, postgres: 8 }],
  ["answers any tool call; a failed one writes nothing", "tools", { sqlite: 400 }],
  ["loses no write to lost connections", "disconnects", { postgres: 15 }],
  ["installs the schema when installers are killed", "migrations", { sqlite: 1, postgres: 1 }],
  ["releases every resource when a busy mesh closes", "shutdown", { sqlite: 2 }],
];

describe(`a soak (seed ${seed})`, () => {
  for (const [sentence, name, counts] of cases) {
    const storages = Object.entries(counts) as [StorageKind, number][];
    it.each(storages)(
      `%s ${sentence}`,
      async (storage, count) => {
        const url = storage === "postgres" ? await postgresUrl() : undefined;
        const options = { storage, count, seed, postgresUrl: url };
        const program = PROGRAMS.find((each) => each.name === name);
        const { breaches, done } = await execute(program as Program, options);
        expect(breaches).toEqual([]);
        expect(done).toBe(count);
      },
      90_000,
    );
  }
});
