// Shows: the history of an item, and why an agent can see it or not.
// Look at: the mesh answers from its log and its rules; the program records nothing itself.

import { ContextMesh } from "@syntha/core";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const [triage, expert] = [mesh.agent("Triage"), mesh.agent("Expert")];
await expert.subscribe(["cases"]);

await triage.push("case:7", { status: "new" }, { topics: ["cases"] });
const lease = await expert.claim<{ status: string }>({ key: "case:7" });
await lease?.complete({ status: "answered" });
await mesh.system.push("case:7", { status: "reopened" });
await triage.push("case:7", { status: "escalated" }, { subscribers: ["Manager"] });
await triage.push("draft", "temporary", { topics: ["cases"] });
await triage.delete("draft");

console.log("The history of case:7:");
const history = await mesh.system.history<{ status: string }>("case:7");
printTable(
  history.map(({ revision, type, actor, value, topics, subscribers, state }) => ({
    revision,
    what: type,
    by: actor ?? "the system",
    status: value?.status ?? "",
    for: [...(topics ?? []), ...(subscribers ?? [])].join(", "),
    state: state ?? "",
  })),
);

console.log("\nVisible, or why not:");
for (const [agent, key] of [
  ["Manager", "case:7"],
  ["Triage", "case:7"],
  ["Expert", "case:7"],
  ["Expert", "draft"],
  ["Expert", "case:8"],
] as const) {
  const { visible, text, notVisibleBecause } = await mesh.system.explain(agent, key);
  const withoutTime = text.replace(/ at \d{4}-.*$/, ".");
  console.log(`  ${visible ? "✓" : `✗ (${notVisibleBecause})`} ${withoutTime}`);
}

await triage.push("rota", "Mon: Ann", { topics: ["planning"] });
const { text, topicsToSubscribe } = await mesh.system.explain("Expert", "rota");
console.log(`  ✗ ${text}`);
await expert.subscribe(topicsToSubscribe);
console.log(`  ✓ ${(await expert.explain("rota")).text}`);

console.log("\nAn agent learns nothing about items that it can't see:");
console.log(`  ${(await expert.explain("case:7")).text}`);
console.log(`  ${(await expert.explain("case:8")).text}`);
await mesh.close();
