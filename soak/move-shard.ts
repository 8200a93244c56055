import { setTimeout as pause } from "node:timers/promises";
import { citusIsMissing, startCitusDatabase } from "./harness/citus-database.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { Survivors } from "./harness/survivors.ts";

/** A tenant whose shard moves between the workers of a Citus cluster while two processes write to it and watch it. */
export const moveShard: Program = {
  name: "move-shard",
  guarantee:
    "Moving a tenant's shard to another Citus worker while it is written to loses and duplicates nothing",
  storages: ["postgres"],
  unit: "moves",
  count: 100,
  unavailable: citusIsMissing,
  run: runMoveShard,
};

async function runMoveShard(run: Run): Promise<Findings> {
  await using cluster = await startCitusDatabase();
  const survivors = await Survivors.start(run, cluster.address);
  const moves = new Latencies();
  let done = 0;
  for (; run.continues(done); done++) {
    await pause(50 + run.random.below(300));
    const started = performance.now();
    await cluster.moveShardOf("soak");
    moves.add(performance.now() - started);
    await survivors.recover(`move ${done}`, cluster.storage());
  }
  await survivors.stop(cluster.storage());
  return {
    done,
    figures: { ...survivors.figures, "a move, median": formatMs(moves.quantile(0.5)) },
  };
}
