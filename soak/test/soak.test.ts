import { postgresUrl } from "@syntha/testing-postgres/vitest";
import { describe, expect, it } from "vitest";
import { cas } from "../cas.ts";
import { claims } from "../claims.ts";
import { disconnects } from "../disconnects.ts";
import { drops } from "../drops.ts";
import type { Program } from "../harness/program.ts";
import { execute } from "../harness/run.ts";
import type { StorageKind } from "../harness/site.ts";
import { killServer } from "../kill-server.ts";
import { kill } from "../kill.ts";
import { migrations } from "../migrations.ts";
import { shutdown } from "../shutdown.ts";
import { slowWatchers } from "../slow-watchers.ts";
import { tenants } from "../tenants.ts";
import { tools } from "../tools.ts";
import { ttl } from "../ttl.ts";
import { watch } from "../watch.ts";

/** `SYNTHA_SOAK_SEED` repeats a run. */
const seed = Number(process.env["SYNTHA_SOAK_SEED"] ?? Date.now() % 2 ** 31);

const isFull = process.env["SYNTHA_TESTS"] === "full";
type Counts = Partial<Record<StorageKind, number>>;

const cases: [sentence: string, program: Program, counts: Counts][] = [
  ["keeps what killed writers were acknowledged", kill, { sqlite: 3, postgres: 2 }],
  ["keeps what a killed server acknowledged", killServer, { postgres: 2 }],
  ["loses no update of processes that compare and set", cas, { sqlite: 400, postgres: 160 }],
  ["reads nothing expired, however clocks step", ttl, { sqlite: 8_000, postgres: 2_000 }],
  ["completes no work twice, and leaves none", claims, { sqlite: 150, postgres: 80 }],
  ["tells each change once, across reconnects", watch, { sqlite: 8_000, postgres: 2_000 }],
  ["tells watches that lag, and lets them catch up", slowWatchers, { sqlite: 4_000 }],
  ["lets no tenant reach another", tenants, { sqlite: 2_000, postgres: 300, memory: 4_000 }],
  ["leaves a tenant that is dropped whole or gone", drops, { sqlite: 20, postgres: 8 }],
  ["answers any tool call, and writes nothing when it fails", tools, { sqlite: 400 }],
  ["goes on after lost connections, and loses nothing", disconnects, { postgres: 15 }],
  ["installs once, however many are killed", migrations, { sqlite: 1, postgres: 1 }],
  ["leaves nothing of a mesh that closes in the middle of everything", shutdown, { sqlite: 2 }],
];

/** These start processes for as long as a short run takes as a whole. */
const LONG: readonly Program[] = [kill, killServer, migrations];

describe(`a soak (seed ${seed})`, () => {
  for (const [sentence, program, counts] of cases) {
    if (!isFull && LONG.includes(program)) continue;
    it.each(Object.entries(counts) as [StorageKind, number][])(
      `%s ${sentence}`,
      async (storage, most) => {
        // What expires needs some hours of a run's own clock.
        const part = program === ttl ? 2 : 10;
        const count = isFull ? most : Math.max(2, most / part);
        const url = storage === "postgres" ? await postgresUrl() : undefined;
        const options = { storage, count, seed, postgresUrl: url };
        const { breaches, done } = await execute(program, options);
        expect(breaches).toEqual([]);
        expect(done).toBe(count);
      },
      90_000,
    );
  }
});
