import { setTimeout as pause } from "node:timers/promises";
import { startServer } from "@syntha/testing-postgres";
import type { Survived, SurvivorTask } from "./children/survivor.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import { Latencies, spellMs } from "./harness/latencies.ts";
import { postgresSite } from "./harness/postgres-site.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";
import { Tally } from "./harness/tally.ts";

const WRITERS = 2;
/** For recovery by the server itself, and the processes' own. */
const WITHIN_MS = 30_000;

/** A server that waits for its disk, killed again and again while two processes write to it. */
export const killServer: Program = {
  name: "kill-server",
  promise:
    "An acknowledged write outlives `kill -9` of the server, and the processes go on by themselves",
  storages: ["postgres"],
  unit: "rounds",
  count: 200,
  run: kills,
};

async function kills(run: Run): Promise<Findings> {
  const server = await startServer({ durable: true });
  const site = await postgresSite(server.url);
  const tally = new Tally(run);
  const found = { lost: 0, ghosts: 0, unclean: 0 };
  const recoveries = new Latencies();
  let done = 0;
  try {
    // Nobody installs while it is killed: that is a promise of its own.
    const storage = site.storage();
    await storage.open();
    await storage.close();
    const members = Array.from({ length: WRITERS }, (_, i) => {
      const task: SurvivorTask = { address: site.address, name: `survivor ${i}` };
      return new Member<Survived>("survivor", task, (message) => tally.hear(message));
    });
    let running = WRITERS;
    for (const member of members) void member.ended.then(() => running--);
    await Promise.all(members.map(({ begun }) => begun));
    for (const member of members) member.order("go");
    for (; done < run.count && !run.isOver; done++) {
      run.progress(done);
      await pause(50 + run.random.below(300));
      await server.kill();
      await server.start();
      const start = performance.now();
      while (tally.lastWrote <= start && performance.now() - start < WITHIN_MS) await pause(2);
      recoveries.add(performance.now() - start);
      run.expect(tally.lastWrote > start, () => `round ${done}: nobody writes any more`);
      run.expect(running === WRITERS, () => `round ${done}: a process has ended`);
      await storage.open();
      const { lost, ghosts } = await tally.judge(storage);
      await storage.close();
      const unclean = await site.integrity();
      run.expect(unclean === undefined, () => `round ${done}: ${unclean}`);
      found.lost += lost;
      found.ghosts = ghosts;
      if (unclean !== undefined) found.unclean++;
    }
    for (const member of members) member.order("stop");
    const timer = setTimeout(() => members.forEach((member) => member.kill()), WITHIN_MS);
    for (const { ended } of members) {
      const end = await ended;
      run.expect(end === 0, () => `a process ended by ${end}`);
    }
    clearTimeout(timer);
    await storage.open();
    await tally.judgeAll(storage);
    await storage.close();
  } finally {
    await server.stop();
  }
  return {
    done,
    figures: {
      "writes acknowledged": tally.acknowledged,
      lost: found.lost,
      "told as failed": tally.failed,
      "yet there": found.ghosts,
      "told as UNKNOWN_OUTCOME": tally.unknown,
      "integrity checks failed": found.unclean,
      "writing again after a start, median": spellMs(recoveries.quantile(0.5)),
    },
  };
}

await alone(import.meta.url, killServer);
