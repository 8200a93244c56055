import type { AgentSummary, CorruptAgent, ItemHeader } from "@syntha/core";
import { nearest } from "@syntha/core/storage";
import type { OpenMesh } from "../mesh/open-mesh.ts";
import { everyPage } from "../mesh/pages.ts";
import { ageOf, count } from "../terminal/age.ts";
import { commandText } from "../terminal/shell-word.ts";
import { type Check, namesText } from "./check.ts";

/** Items that are looked at. */
const MOST_ITEMS = 20_000;

/** Checks of what agents share. */
export async function* meshChecks(open: OpenMesh, now: number): AsyncGenerator<Check, void> {
  const { agents, corrupt } = await readAgents(open);
  yield agentCheck(agents, corrupt);
  yield await topicCheck(open);
  const { items, isAll } = await readItems(open);
  if (!isAll)
    yield {
      name: "items",
      status: "warning",
      title: `Only the first ${count(MOST_ITEMS, "item")} were checked`,
    };
  const names = [...agents, ...corrupt].map(({ name }) => name);
  yield recipientCheck(items, names);
  yield taskCheck(items);
  yield leaseCheck(agents, items, now);
}

interface Agents {
  readonly agents: readonly AgentSummary[];
  readonly corrupt: readonly CorruptAgent[];
}

async function readAgents(open: OpenMesh): Promise<Agents> {
  const [agents, corrupt]: [AgentSummary[], CorruptAgent[]] = [[], []];
  for await (const page of everyPage(open, (at) => open.mesh.agents({ limit: 1_000, ...at }))) {
    agents.push(...page.agents);
    corrupt.push(...page.corrupt);
  }
  return { agents, corrupt };
}

async function readItems(
  open: OpenMesh,
): Promise<{ items: readonly ItemHeader[]; isAll: boolean }> {
  const items: ItemHeader[] = [];
  for await (const page of everyPage(open, (at) =>
    open.mesh.system.list({ limit: 1_000, values: false, ...at }),
  )) {
    items.push(...page.items);
    if (items.length >= MOST_ITEMS && page.nextPage !== undefined) return { items, isAll: false };
  }
  return { items, isAll: true };
}

function agentCheck(agents: Agents["agents"], corrupt: Agents["corrupt"]): Check {
  const title = `${count(agents.length + corrupt.length, "agent")} known`;
  if (corrupt.length === 0) return { name: "agents", status: "ok", title };
  return {
    name: "agents",
    status: "problem",
    title: `The permissions of ${namesText(corrupt.map(({ name }) => name))} are damaged: everything is denied`,
    advice: corrupt
      .slice(0, 3)
      .map(
        ({ name }) => `${commandText("permissions", [name], { post: "TOPIC" })} sets them again.`,
      ),
  };
}

async function topicCheck(open: OpenMesh): Promise<Check> {
  const withoutSubscribers: string[] = [];
  let topics = 0;
  for await (const page of everyPage(open, (at) => open.mesh.topics({ limit: 1_000, ...at }))) {
    topics += page.topics.length;
    withoutSubscribers.push(
      ...page.topics.filter(({ subscribers }) => subscribers === 0).map(({ name }) => name),
    );
  }
  if (withoutSubscribers.length === 0)
    return { name: "topics", status: "ok", title: `Every topic has a subscriber (${topics})` };
  return {
    name: "topics",
    status: "warning",
    title: `Topics without subscribers: ${namesText(withoutSubscribers)}`,
    advice: withoutSubscribers
      .slice(0, 3)
      .map(
        (name) =>
          `${commandText("subscribe", [name], { as: "AGENT" })} shows its items to an agent.`,
      ),
  };
}

function recipientCheck(items: readonly ItemHeader[], known: readonly string[]): Check {
  const names = new Set(known);
  const unknown = new Map<string, string>();
  for (const { key, subscribers } of items)
    for (const name of subscribers)
      if (!names.has(name) && !unknown.has(name)) unknown.set(name, key);
  if (unknown.size === 0)
    return { name: "recipients", status: "ok", title: "Every agent that an item names is known" };
  return {
    name: "recipients",
    status: "warning",
    title: `Unknown subscribers of items: ${namesText([...unknown.keys()])}`,
    advice: [...unknown].slice(0, 3).map(([name, key]) => {
      const [near] = nearest(name, known, 1);
      const guess = near === undefined ? "" : ` Did its author mean "${near}"?`;
      return `"${key}" names "${name}".${guess}`;
    }),
  };
}

function taskCheck(items: readonly ItemHeader[]): Check {
  const failed = items.filter(({ state }) => state === "failed");
  if (failed.length === 0) return { name: "tasks", status: "ok", title: "No failed tasks" };
  return {
    name: "tasks",
    status: "warning",
    title: `${count(failed.length, "failed task")}: ${namesText(failed.map(({ key }) => key))}`,
    advice: ["syntha tasks --state failed shows why; syntha retry --all makes them ready again."],
  };
}

const SILENT_MS = 600_000;

/** A live worker extends its leases, and is seen when it commits: one that holds leases and was not seen may hang. */
function leaseCheck(agents: Agents["agents"], items: readonly ItemHeader[], now: number): Check {
  const stuck = agents.filter(
    ({ leases, lastSeen }) => leases > 0 && now - (lastSeen?.getTime() ?? 0) > SILENT_MS,
  );
  const claimed = items.filter(({ state }) => state === "claimed").length;
  if (stuck.length === 0)
    return {
      name: "leases",
      status: "ok",
      title:
        claimed === 0
          ? "No claimed tasks"
          : `${count(claimed, "task")} claimed, by agents seen in the last 10 minutes`,
    };
  return {
    name: "leases",
    status: "warning",
    title: `${namesText(stuck.map(({ name }) => name))} hold leases, and were not seen for 10 minutes`,
    advice: stuck.slice(0, 3).map((agent) => {
      const seen =
        agent.lastSeen === undefined ? "never seen" : `seen ${ageOf(agent.lastSeen, now)} ago`;
      return `${agent.name}: ${count(agent.leases, "lease")}, ${seen}. A lease that is not extended ends by itself.`;
    }),
  };
}
