// Shows: agents that announce what they can do and discover each other.
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

// Each agent announces what it gives before any agent has subscribed.
for (const agent of agents) await agent.announce({ capabilities: [skillOf(agent).gives] });

function skillOf(agent: AgentContext): Skill {
  return skills[agent.name] as Skill;
}

/** Reads what others announced, and subscribes to the outputs that the agent needs. */
async function join(agent: AgentContext): Promise<Record<string, string | number>> {
  const { agents: found } = await agent.agents();
  const offered = found.flatMap(({ capabilities }) => capabilities);
  const inputs = offered.filter((output) => skillOf(agent).takes.includes(output));
  if (inputs.length > 0) await agent.subscribe(inputs);
  const subscriptions = await agent.subscriptions();
  return { agent: agent.name, found: found.length, "subscribed to": subscriptions.join(", ") };
}

/** Waits for all inputs, then pushes the output. */
async function work(agent: AgentContext): Promise<void> {
  const { takes, gives } = skillOf(agent);
  await Promise.all(takes.map((input) => agent.waitFor(input)));
  await agent.push(gives, { from: takes }, { topics: [gives] });
}

printTable(await Promise.all(agents.map(join)));
await Promise.all(agents.map(work));

console.log("\nThe resulting pipeline, in order of execution:");
const { items } = await mesh.system.list<{ from: string[] }>();
for (const { key, author, value } of items.toSorted((a, b) => a.revision - b.revision))
  if (key !== "alert") console.log(`  ${[...value.from, "→"].join(" ")} ${key}, by ${author}`);
console.log(`Alerter pushed "alert": ${(await mesh.system.get("alert")) !== undefined}`);

const archivist = mesh.agent("Archivist");
await archivist.subscribe(["report"]);
console.log(`Archivist subscribes afterwards and sees: ${(await archivist.keys()).join(", ")}`);
await mesh.close();
