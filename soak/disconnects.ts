import { setTimeout as pause } from "node:timers/promises";
import { TcpProxy } from "@syntha/testing-postgres";
import { Client } from "pg";
import type { Survived } from "./children/survivor.ts";
import { Child, startTogether } from "./harness/child.ts";
import type { Address } from "./harness/database.ts";
import { formatMs, Latencies } from "./harness/latencies.ts";
import type { ChildTask } from "./harness/parent.ts";
import type { Findings, Program, Run } from "./harness/run.ts";
import { WriteAudit } from "./harness/write-audit.ts";

const WITHIN_MS = 5_000;
/** Longer than a process tries to find out whether a commit succeeded. */
const BLACKOUT_MS = 25_000;
const COMMON_CUTS = ["reset", "before", "after", "terminated"] as const;
type Cut = (typeof COMMON_CUTS)[number] | "blackout";

/** A process whose connections are cut at random moments and around COMMIT. */
export const disconnects: Program = {
  name: "disconnects",
  guarantee:
    "A process survives lost connections, writes again within 5 s, and reports each write whose outcome is unknown",
  storages: ["postgres"],
  unit: "cuts",
  count: 500,
  run: runDisconnects,
};

async function runDisconnects(run: Run): Promise<Findings> {
  const { address } = run.database;
  if (address.kind !== "postgres") throw new Error("This program requires PostgreSQL.");
  const proxy = await TcpProxy.to(address.connectionString);
  const audit = new WriteAudit(run);
  const task: ChildTask = {
    address: { ...address, connectionString: proxy.url },
    name: "survivor",
  };
  const child = new Child<Survived>("survivor", task, (message) => audit.record(message));
  await startTogether([child]);
  const recoveries = new Latencies();
  let done = 0;
  for (; !child.hasEnded && run.continues(done); done++) {
    await pause(run.random.below(60));
    // Rare, because each one takes long.
    const isBlackout = done % 100 === 50;
    const kind: Cut = isBlackout ? "blackout" : run.random.pick(COMMON_CUTS);
    await cut(kind, proxy, address);
    const recoveryMs = await audit.nextWrite(2 * WITHIN_MS, child);
    recoveries.add(recoveryMs);
    run.expect(recoveryMs < WITHIN_MS, () => {
      return `cut ${done} (${kind}): next write after ${formatMs(recoveryMs)}`;
    });
  }
  const end = await child.stop(30_000);
  run.expect(end === 0, () => `the process ended with ${end}`);
  await proxy.close();

  await audit.verifyFinal(run.database.storage());
  return {
    done,
    figures: {
      "process exits": end === 0 ? 0 : 1,
      ...audit.figures,
      "recovery, median": formatMs(recoveries.quantile(0.5)),
      slowest: formatMs(recoveries.quantile(1)),
    },
  };
}

/** Cuts the connections in one way; when this resolves, new connections succeed. */
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
    case "terminated":
      return terminateBackends(address);
    case "blackout":
      // The commit succeeds, its answer is lost, and the server cannot be reached.
      await proxy.cutAt("COMMIT", "after");
      proxy.blackhole();
      proxy.cut();
      await pause(BLACKOUT_MS);
      return proxy.heal();
  }
}

/** As an administrator or a server shutdown does. */
async function terminateBackends({ connectionString, schema }: Address & { kind: "postgres" }) {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where pid <> pg_backend_pid() and query like '%' || $1 || '%'`,
    [schema],
  );
  await client.end();
}
