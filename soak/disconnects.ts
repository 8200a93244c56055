import { setTimeout as pause } from "node:timers/promises";
import { TcpProxy } from "@syntha/testing-postgres";
import { Client } from "pg";
import type { Survived, SurvivorTask } from "./children/survivor.ts";
import { alone } from "./harness/alone.ts";
import { Member } from "./harness/crew.ts";
import { Latencies, spellMs } from "./harness/latencies.ts";
import type { Findings, Program } from "./harness/program.ts";
import type { Run } from "./harness/run.ts";
import type { Address } from "./harness/site.ts";
import { Tally } from "./harness/tally.ts";

const WITHIN_MS = 5_000;
/** Longer than a process tries to find out what became of a commit. */
const BLACKOUT_MS = 25_000;
const LIKELY = ["reset", "before", "after", "ended"] as const;
type Cut = (typeof LIKELY)[number] | "blackout";

/** A process whose connections are cut, at any moment and at the worst. */
export const disconnects: Program = {
  name: "disconnects",
  promise:
    "Lost connections end no process, are over within 5 s, and leave no write in doubt unsaid",
  storages: ["postgres"],
  unit: "cuts",
  count: 500,
  run: cuts,
};

async function cuts(run: Run): Promise<Findings> {
  const { address } = run.site;
  if (address.kind !== "postgres") throw new Error("There is no connection to cut.");
  const proxy = await TcpProxy.to(address.connectionString);
  const tally = new Tally(run);
  const task: SurvivorTask = {
    address: { ...address, connectionString: proxy.url },
    name: "survivor",
  };
  let exits = 0;
  const member = new Member<Survived>("survivor", task, (message) => tally.hear(message));
  void member.ended.then((end) => (exits += end === 0 ? 0 : 1));
  await member.begun;
  member.order("go");
  const recoveries = new Latencies();
  let done = 0;
  for (; done < run.count && !run.isOver && exits === 0; done++) {
    run.progress(done);
    await pause(run.random.below(60));
    // Rare, since each takes long.
    const isBlackout = done % 100 === 50;
    const kind: Cut = isBlackout ? "blackout" : run.random.pick(LIKELY);
    await cut(kind, proxy, address);
    const start = performance.now();
    while (tally.lastWrote <= start && exits === 0 && performance.now() - start < 2 * WITHIN_MS)
      await pause(2);
    const took = Math.max(0, tally.lastWrote - start);
    recoveries.add(took);
    run.expect(tally.lastWrote > start && took < WITHIN_MS, () => {
      return `cut ${done} (${kind}): no write in ${spellMs(performance.now() - start)}`;
    });
  }
  member.order("stop");
  const timer = setTimeout(() => member.kill(), 30_000);
  const end = await member.ended;
  clearTimeout(timer);
  run.expect(end === 0, () => `the process ended by ${end}`);
  await proxy.close();

  const storage = run.site.storage();
  await storage.open();
  const { lost, ghosts } = await tally.judgeAll(storage);
  await storage.close();
  return {
    done,
    figures: {
      "process exits": exits,
      "writes acknowledged": tally.acknowledged,
      lost,
      "told as failed": tally.failed,
      "yet there": ghosts,
      "told as UNKNOWN_OUTCOME": tally.unknown,
      "recovery, median": spellMs(recoveries.quantile(0.5)),
      slowest: spellMs(recoveries.quantile(1)),
    },
  };
}

/** Cuts in one way; when this settles, connections pass again. */
async function cut(
  kind: Cut,
  proxy: TcpProxy,
  address: Address & { kind: "postgres" },
): Promise<void> {
  switch (kind) {
    case "reset":
      return proxy.cut();
    case "before":
    case "after":
      return proxy.cutAt("COMMIT", kind);
    case "ended":
      return endBackends(address);
    case "blackout":
      // The commit is done, its answer is lost, and nobody can be asked.
      await proxy.cutAt("COMMIT", "after");
      proxy.blackhole();
      proxy.cut();
      await pause(BLACKOUT_MS);
      return proxy.heal();
  }
}

/** As an administrator does, or a server that stops. */
async function endBackends({ connectionString, schema }: Address & { kind: "postgres" }) {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where pid <> pg_backend_pid() and query like '%' || $1 || '%'`,
    [schema],
  );
  await client.end();
}

await alone(import.meta.url, disconnects);
