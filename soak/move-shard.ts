import { setTimeout as pause } from "node:timers/promises";
import type { Survived } from "./children/survivor.ts";
import { Child, startTogether } from "./harness/child.ts";
import { citusIsMissing, startCitusDatabase } from "./harness/citus-database.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import type { ChildTask } from "./harness/parent.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { WriteAudit } from "./harness/write-audit.ts";

const WRITERS = 2;
const WITHIN_MS = 30_000;

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
  const { address } = cluster;
  const audit = new WriteAudit(run);
  const moves = new Latencies();
  const children = Array.from({ length: WRITERS }, (_, i) => {
    const task: ChildTask = { address, name: `survivor ${i}` };
    return new Child<Survived>("survivor", task, (message) => audit.record(message));
  });
  await startTogether(children);
  let done = 0;
  for (; run.continues(done); done++) {
    await pause(50 + run.random.below(300));
    const started = performance.now();
    await cluster.moveShardOf("soak");
    moves.add(performance.now() - started);
    run.expect(
      (await audit.nextWrite(WITHIN_MS)) < Infinity,
      () => `move ${done}: no process writes`,
    );
    const hasEnded = children.some((child) => child.hasEnded);
    run.expect(!hasEnded, () => `move ${done}: a process has ended`);
    await audit.verify(cluster.storage());
  }
  for (const child of children) void child.stop(WITHIN_MS);
  await run.expectExits(children);
  await audit.verifyFinal(cluster.storage());
  return {
    done,
    figures: { ...audit.figures, "a move, median": formatMs(moves.quantile(0.5)) },
  };
}
