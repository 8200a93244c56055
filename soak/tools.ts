import { runFuzz } from "../packages/tools/test/fuzz.ts";
import { createMesh } from "./harness/storage.ts";
import type { Findings, Program, Run } from "./harness/run.ts";

/** Calls per tenant; the next ones start on an empty tenant. */
const CALLS_PER_TENANT = 5_000;

/** The fuzz test of the tools package, with far more calls. */
export const tools: Program = {
  name: "tools",
  guarantee:
    "A tool call never throws for any name and arguments, and writes nothing when it fails",
  storages: ["memory", "sqlite", "postgres"],
  unit: "calls",
  count: 1_000_000,
  run: runTools,
};

async function runTools(run: Run): Promise<Findings> {
  const storage = run.database.storage();
  const keeper = createMesh(storage, "keeper");
  await keeper.stats();
  let [done, successes] = [0, 0];
  const codes = new Set<string>();
  while (done < run.count && !run.isOver) {
    const tenantId = `fuzz ${done}`;
    const mesh = createMesh(storage, tenantId);
    const seed = run.seed + done;
    const runs = Math.min(CALLS_PER_TENANT, run.count - done);
    const isOver = (): boolean => {
      run.progress(done++);
      return run.isOver;
    };
    const start = done;
    const { calls, outcomes, wrong } = await runFuzz({ mesh, seed, runs, isDone: isOver });
    done = start + calls;
    for (const [outcome, times] of outcomes) {
      if (outcome.endsWith(" ok")) successes += times;
      else codes.add(outcome);
    }
    if (wrong !== undefined)
      run.breach(`from seed ${seed}, call ${calls}: ${JSON.stringify(wrong)?.slice(0, 2_000)}`);
    await mesh.close();
    await storage.dropTenant({ tenantId });
  }
  await keeper.close();
  return {
    done,
    figures: {
      succeeded: successes,
      failed: done - successes,
      "error codes seen": codes.size,
      "throws and rejections": 0,
      "writes by a failed call": run.breaches.length,
    },
  };
}
