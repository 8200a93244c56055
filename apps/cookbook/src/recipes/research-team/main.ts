// Shows: a research team of six processes: planner, researchers, critic, writer.
// Look at: the report starts once all findings are approved; the failed task is retried by its owner.

import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ContextMesh } from "@syntha/core";
import { printTable } from "../../print/table.ts";
import { createLocation, storageAt } from "../../storage/location.ts";
import { type Report, TEAM } from "./roles.ts";

const { location, text, remove } = await createLocation();
console.log(`Storage: ${text}\n`);
const mesh = new ContextMesh({ storage: storageAt(location) });
const editor = mesh.agent("Editor");
await editor.subscribe(["reports"]);

const { cursor } = await mesh.system.changes();
const file = fileURLToPath(new URL("member.ts", import.meta.url));
const members = Object.keys(TEAM).map((name) => fork(file, [name, JSON.stringify(location)]));

const question = { question: "Should we build it?", parts: ["costs", "market", "risks"] };
const plan = await editor.ask<string[]>("Planner", question);
console.log(`The plan: ${plan?.join(", ")}`);
const report = await editor.waitFor<Report>("report", { until: ({ state }) => state === "done" });
console.log(`The report: ${report?.value.text}`);
console.log(`The critic: ${report?.value.verdict}\n`);

// What became of each item, from the log.
const steps: { item: string; step: string; by: string }[] = [];
for await (const change of mesh.system.watch({ since: cursor })) {
  if (change.type !== "put" || !plan?.includes(change.item.key)) continue;
  const { key, state, topics, attempts, lastFailure, author } = change.item;
  const isFailed = state === "failed";
  const open = lastFailure === undefined ? `open on ${topics.join()}` : "retried";
  const step = isFailed ? `failed ${attempts} times: ${lastFailure?.message}` : open;
  const by = (isFailed ? lastFailure?.agent : author) ?? "";
  steps.push({
    item: key,
    step: state === "done" ? "done" : step,
    by: TEAM[by] === TEAM["Ada"] ? "a researcher" : by, // Ada, Ben or Cem
  });
  if (key === "report" && state === "done") break;
}
printTable(steps.toSorted((a, b) => (a.item < b.item ? -1 : Number(a.item > b.item))));

const codes = members.map(async (member) => {
  member.disconnect();
  return (await once(member, "exit"))[0] as number;
});
console.log(`\nThe processes exited with ${(await Promise.all(codes)).join(", ")}.`);
await mesh.close();
await remove();
