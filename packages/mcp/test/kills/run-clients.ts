import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import type { ClientReport } from "./report.ts";

export interface KillOptions {
  readonly path: string;
  readonly seed: number;
  /** Of the servers of each client. */
  readonly kills: number;
  readonly tasks: number;
}

/** What went wrong, each as a sentence, and how much was done. */
export interface KillFigures {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly failures: readonly string[];
  readonly kills: number;
  readonly calls: number;
  readonly unanswered: number;
  readonly acknowledged: number;
  readonly completed: number;
}

const AGENTS = ["Left", "Right"];

/** Runs two clients at once on one file, each in a separate process with servers that die; then reads what is stored. */
export async function runClients({ path, seed, kills, tasks }: KillOptions): Promise<KillFigures> {
  const storage = new SqliteStorage({ path });
  const mesh = new ContextMesh({ tenantId: "acme", storage });
  for (const agent of AGENTS) await mesh.agent(agent).subscribe(["work"]);
  await mesh.system.pushMany([
    { key: "counter", value: 0, global: true },
    { key: "list", value: [], global: true },
    ...Array.from({ length: tasks }, (_, i) => ({ key: `task:${i}`, value: i, topics: ["work"] })),
  ]);
  const reports = await Promise.all(
    AGENTS.map((agent, i) => runClient(path, agent, seed + i, kills)),
  );
  const wrong = await compare(mesh, reports, tasks);
  await mesh.close();
  const sum = (of: (report: ClientReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const completed = sum((report) => report.completed.length);
  return {
    ...wrong,
    failures: reports.flatMap((report) => report.failures),
    kills: sum((report) => report.kills),
    calls: sum((report) => report.calls),
    unanswered: sum((report) => report.unanswered),
    acknowledged:
      completed +
      sum(
        ({ pushed, increments, appended }) =>
          Object.keys(pushed).length + increments.acknowledged + appended.acknowledged.length,
      ),
    completed,
  };
}

async function runClient(
  path: string,
  agent: string,
  seed: number,
  kills: number,
): Promise<ClientReport> {
  const script = fileURLToPath(new URL("client-process.ts", import.meta.url));
  const args = [script, path, agent, `${seed}`, `${kills}`];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`The client of ${agent} ended with code ${code}.`);
  return JSON.parse(output) as ClientReport;
}

/** Compares what was acknowledged with what is stored. */
async function compare(
  mesh: ContextMesh,
  reports: readonly ClientReport[],
  tasks: number,
): Promise<Pick<KillFigures, "lost" | "doubled">> {
  const lost: string[] = [];
  const doubled: string[] = [];
  for (const { pushed } of reports) {
    for (const [key, value] of Object.entries(pushed))
      if ((await mesh.system.get(key)) !== value) lost.push(`the push of ${key}`);
  }
  const counter = Number(await mesh.system.get("counter"));
  const [least, most] = (["acknowledged", "attempted"] as const).map((of) =>
    reports.reduce((total, { increments }) => total + increments[of], 0),
  ) as [number, number];
  if (counter < least) lost.push(`${least - counter} increments`);
  if (counter > most) doubled.push(`${counter - most} increments`);

  const list = (await mesh.system.get("list")) as string[];
  const count = Map.groupBy(list, (id) => id);
  for (const { appended } of reports) {
    lost.push(
      ...appended.acknowledged.filter((id) => !count.has(id)).map((id) => `${id} in the list`),
    );
    doubled.push(
      ...appended.attempted
        .filter((id) => (count.get(id)?.length ?? 0) > 1)
        .map((id) => `${id} in the list`),
    );
  }

  const completed = Map.groupBy(
    reports.flatMap((report) => report.completed),
    ([key]) => key,
  );
  for (let i = 0; i < tasks; i++) {
    const key = `task:${i}`;
    const results = (completed.get(key) ?? []).map(([, result]) => result);
    if (results.length > 1) doubled.push(`${key} by ${results.join(" and ")}`);
    const completions = (await mesh.system.history(key)).filter(({ state }) => state === "done");
    if (completions.length > 1) doubled.push(`${key} in the log`);
    const [result] = results;
    if (result === undefined) continue;
    const item = await mesh.system.getItem<{ id: string }>(key);
    if (item?.state !== "done" || item.value.id !== result) lost.push(`the completion of ${key}`);
  }
  return { lost, doubled };
}
