import { runFuzz } from "../packages/tools/test/fuzz.ts";
import { alone } from "./harness/alone.ts";
import { meshOn } from "./harness/mesh-on.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";

/** Calls that share a mesh; then one begins that is empty. */
const CALLS_AT_ONCE = 5_000;

/** The storm that the tests of the tools throw, for much longer. */
export const tools: Program = {
  name: "tools",
  promise:
    "A tool call never throws, whatever its name and arguments, and writes nothing when it fails",
  storages: ["memory", "sqlite", "postgres"],
  unit: "calls",
  count: 1_000_000,
  run: fuzz,
};

async function fuzz(run: Run): Promise<Findings> {
  const storage = run.site.storage();
  const keeper = meshOn(storage, "keeper");
  await keeper.stats();
  let [done, successes] = [0, 0];
  const codes = new Set<string>();
  while (done < run.count && !run.isOver) {
    const tenantId = `storm ${done}`;
    const mesh = meshOn(storage, tenantId);
    const seed = run.seed + done;
    const runs = Math.min(CALLS_AT_ONCE, run.count - done);
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
      "codes met": codes.size,
      "throws and rejections": 0,
      "writes by a failed call": run.breaches.length,
    },
  };
}

await alone(import.meta.url, tools);
