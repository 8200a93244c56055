// Shows: agents that announce their skills and discover each other.
// Look at: each finds all five announcements, including earlier ones; no agent names another.

import { type AgentContext, ContextMesh } from "@syntha/core";
import { printTable } from "../print/table.ts";

interface Skill {
  takes: string[];
  gives: string;
}

const skills: Record<string, Skill> = {
  Reporter: { takes: ["clean", "verdict"], gives: "report" },
  Checker: { takes: ["clean"], gives: "verdict" },
  Cleaner: { takes: ["raw"], gives: "clean" },
  Collector: { takes: [], gives: "raw" },
  Alerter: { takes: ["verdict"], gives: "alert" },
};

const mesh = new ContextMesh();
const agents = Object.keys(skills).map((name) => mesh.agent(name));

// Each agent announces its skill before any agent has subscribed.
for (const agent of agents)
  await agent.push(`skill:${agent.name}`, skills[agent.name], { topics: ["discovery"] });

/** Reads the announcements and subscribes to the outputs that the agent needs. */
async function join(agent: AgentContext): Promise<Record<string, string | number>> {
  await agent.subscribe(["discovery"]);
  const found = Object.values(await agent.getAll<Skill>({ prefix: "skill:" }));
  const own = await agent.get<Skill>(`skill:${agent.name}`);
  const inputs = found.map(({ gives }) => gives).filter((gives) => own?.takes.includes(gives));
  if (inputs.length > 0) await agent.subscribe(inputs);
  const subscriptions = await agent.subscriptions();
  return { agent: agent.name, found: found.length, "subscribed to": subscriptions.join(", ") };
}

/** Waits for all inputs, then pushes the output. */
async function work(agent: AgentContext): Promise<void> {
  const { takes, gives } = skills[agent.name] as Skill;
  const missing = new Set(takes);
  for await (const change of agent.watch({ initial: true })) {
    if (change.type === "put") missing.delete(change.item.key);
    if (missing.size === 0) break;
  }
  await agent.push(gives, { from: takes }, { topics: [gives] });
}

printTable(await Promise.all(agents.map(join)));
await Promise.all(agents.map(work));

console.log("\nThe resulting pipeline, in order of execution:");
const { items } = await mesh.system.list<{ from: string[] }>();
for (const { key, author, value } of items.toSorted((a, b) => a.revision - b.revision))
  if (!key.startsWith("skill:") && key !== "alert")
    console.log(`  ${[...value.from, "→"].join(" ")} ${key}, by ${author}`);
console.log(`Alerter pushed "alert": ${(await mesh.system.get("alert")) !== undefined}`);

const archivist = mesh.agent("Archivist");
await archivist.subscribe(["report"]);
console.log(`Archivist subscribes afterwards and sees: ${(await archivist.keys()).join(", ")}`);
await mesh.close();
