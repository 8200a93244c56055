/**
 * Works through servers over stdio that it kills at random: `node client-process.ts FILE AGENT SEED KILLS`. Prints a
 * {@link ClientReport} as JSON.
 */
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Random } from "@syntha/testing-random";
import { newClient } from "../support/client.ts";
import { stdioTransport } from "../support/stdio-transport.ts";
import type { ClientReport } from "./report.ts";

const [path = "", agent = "", seed = "", kills = ""] = process.argv.slice(2);
const random = new Random(Number(seed));
const CONCURRENCY = 3;
/** 600 ms: short, so that the tasks of a killed server can soon be claimed again. */
const LEASE_MINUTES = 0.01;
const EXPECTED = /STALE_TOKEN|NOT_FOUND|UNAVAILABLE/u;

const pushed: Record<string, string> = {};
const increments = { acknowledged: 0, attempted: 0 };
const appended = { acknowledged: [] as string[], attempted: [] as string[] };
const completed: [string, string][] = [];
const failures: string[] = [];
let calls = 0;
let unanswered = 0;
let serial = 0;

type Answer = Record<string, unknown> & { readonly success: boolean };
type Call = (name: string, args: Record<string, unknown>) => Promise<Answer | undefined>;

for (let life = 0; life < Number(kills); life++) await liveAndDie();
const report: ClientReport = {
  agent,
  kills: Number(kills),
  calls,
  unanswered,
  pushed,
  increments,
  appended,
  completed,
  failures,
};
process.stdout.write(`${JSON.stringify(report)}\n`);

/** Starts a server, works through it, and kills it during its work: after some answers, at a random time. */
async function liveAndDie(): Promise<void> {
  const program = fileURLToPath(new URL("server-process.ts", import.meta.url));
  const transport = stdioTransport([program, path, agent]);
  const client = newClient(random.chance(0.5) ? "modern" : "legacy");
  await client.connect(transport);
  let isDead = false;
  let left = random.between(5, 60);
  let enough: () => void;
  const answered = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const call: Call = async (name, args) => {
    calls++;
    try {
      const result = await client.callTool({ name, arguments: args });
      if (--left === 0) enough();
      const [content] = result.content as { text: string }[];
      const answer = JSON.parse(content!.text) as Answer;
      if (!answer.success && !EXPECTED.test(String(answer["code"])))
        failures.push(`${name}: ${content!.text}`);
      return answer;
    } catch (error) {
      unanswered++;
      if (!isDead) failures.push(`${name}: ${String(error)}`);
      return undefined;
    }
  };
  const workers = Array.from({ length: CONCURRENCY }, async () => {
    while (!isDead) await work(call);
  });
  await answered;
  await pause(random.below(10));
  isDead = true;
  process.kill(transport.pid!, "SIGKILL");
  await Promise.all(workers);
  await client.close();
}

/** One of the kinds of work, at random. */
async function work(call: Call): Promise<void> {
  const id = `${agent}:${serial++}`;
  switch (random.below(4)) {
    case 0: {
      const answer = await call("push_context", { key: id, value: `value of ${id}`, global: true });
      if (answer?.success) pushed[id] = `value of ${id}`;
      return;
    }
    case 1: {
      increments.attempted++;
      const answer = await call("edit_context", { key: "counter", increment: 1 });
      if (answer?.success) increments.acknowledged++;
      return;
    }
    case 2: {
      appended.attempted.push(id);
      const answer = await call("edit_context", { key: "list", append: id });
      if (answer?.success) appended.acknowledged.push(id);
      return;
    }
    default: {
      const claimed = await call("claim_task", { topics: ["work"], lease_minutes: LEASE_MINUTES });
      const task = claimed?.["task"] as { key: string; token: string } | null | undefined;
      if (!task) return;
      // Now and then for longer than the lease.
      if (random.chance(0.05)) await pause(700);
      const done = await call("complete_task", {
        key: task.key,
        token: task.token,
        result: JSON.stringify({ id }),
      });
      if (done?.success) completed.push([task.key, id]);
    }
  }
}
