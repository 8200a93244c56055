import { describe, expect, it } from "vitest";
import { cas } from "../soak/cas.ts";
import { claims } from "../soak/claims.ts";
import type { Program } from "../soak/harness/program.ts";
import { execute } from "../soak/harness/run.ts";
import type { StorageKind } from "../soak/harness/site.ts";
import { kill } from "../soak/kill.ts";
import { shutdown } from "../soak/shutdown.ts";
import { slowWatchers } from "../soak/slow-watchers.ts";
import { tenants } from "../soak/tenants.ts";
import { tools } from "../soak/tools.ts";
import { ttl } from "../soak/ttl.ts";
import { watch } from "../soak/watch.ts";

/** `SYNTHA_SOAK_SEED` repeats a run. */
const seed = Number(process.env["SYNTHA_SOAK_SEED"] ?? Date.now() % 2 ** 31);

const cases: [sentence: string, program: Program, counts: Partial<Record<StorageKind, number>>][] =
  [
    ["keeps what two killed writers were acknowledged", kill, { sqlite: 4 }],
    ["loses no update of eight processes that compare and set", cas, { sqlite: 400 }],
    ["reads nothing that has expired, however clocks step", ttl, { sqlite: 8_000, memory: 8_000 }],
    ["completes no work twice, and leaves none", claims, { sqlite: 200 }],
    [
      "tells each change once, across reconnects and compactions",
      watch,
      { sqlite: 8_000, memory: 8_000 },
    ],
    ["tells watches that lag, and lets them catch up", slowWatchers, { sqlite: 4_000 }],
    [
      "lets no tenant reach another, whatever it is called",
      tenants,
      { sqlite: 2_000, memory: 4_000 },
    ],
    ["answers any tool call, and writes nothing when it fails", tools, { sqlite: 500 }],
    ["leaves nothing of a mesh that closes in the middle of everything", shutdown, { sqlite: 2 }],
  ];

describe(`a soak (seed ${seed})`, () => {
  for (const [sentence, program, counts] of cases) {
    it.each(Object.entries(counts) as [StorageKind, number][])(
      `${sentence}: on %s`,
      async (storage, count) => {
        const { breaches, done } = await execute(program, { storage, count, seed });
        expect(breaches).toEqual([]);
        expect(done).toBe(count);
      },
      60_000,
    );
  }
});
