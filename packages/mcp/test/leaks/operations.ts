import type { Random } from "@syntha/testing-random";
import type { Markers } from "./markers.ts";
import { isBarrier } from "./oracle.ts";
import type { Reader } from "./reader.ts";

/** What the operations of a tenant's agents choose from. */
export interface Tenant {
  readonly agents: readonly string[];
  readonly topics: readonly string[];
  /** Claims that are held or were, of any agent. */
  readonly claims: { key: string; token: string }[];
  /** Tasks that were delegated, by any agent. */
  readonly tasks: string[];
}

type Operation = (
  reader: Reader,
  tenant: Tenant,
  random: Random,
  markers: Markers,
) => Promise<unknown>;

/** Longer than a tool's result, so that it is left out or linked. */
const LARGE = 20_000;
const COMMON_KEYS = ["plan", "notes", "status"];
const MAX_CLAIMS = 20;
const MAX_TASKS = 20;

interface Route {
  topics: readonly string[] | null;
  subscribers: readonly string[] | null;
  global: boolean | null;
}

const NO_ROUTE: Route = { topics: null, subscribers: null, global: null };

function some(names: readonly string[], random: Random): readonly string[] {
  return [...new Set([random.pick(names), random.pick(names)])];
}

/** Every kind of route. */
function routeOf({ topics, agents }: Tenant, random: Random): Route {
  switch (random.below(10)) {
    case 0:
      return { ...NO_ROUTE, global: true };
    case 1:
    case 2:
    case 3:
      return { ...NO_ROUTE, topics: some(topics, random) };
    case 4:
    case 5:
    case 6:
      return { ...NO_ROUTE, subscribers: some(agents, random) };
    case 7:
      return { ...NO_ROUTE, subscribers: [random.pick(agents), "Nobody"] };
    default:
      return { ...NO_ROUTE, topics: some(topics, random), subscribers: some(agents, random) };
  }
}

function valueOf(markers: Markers, random: Random): string {
  const text = markers.create();
  if (random.chance(0.02)) return `${text} ${"long ".repeat(LARGE / 5)} ${markers.create()}`;
  return random.chance(0.5) ? text : JSON.stringify({ text, tags: [markers.create()] });
}

function keyOf({ oracle }: Reader, { agents }: Tenant, markers: Markers, random: Random): string {
  if (random.chance(0.15)) return random.pick(COMMON_KEYS);
  // As if another agent had delegated it.
  if (random.chance(0.05))
    return `task:${encodeURIComponent(random.pick(agents))}/${markers.create()}`;
  const items = oracle.items.filter(({ key }) => !isBarrier(key));
  if (items.length > 0 && random.chance(0.4)) return random.pick(items).key;
  return `${random.pick(["doc", "task", "note"])}:${markers.create()}`;
}

const existing = ({ oracle, agent }: Reader, random: Random): string => {
  const visible = [...(oracle.sights.get(agent)?.items.keys() ?? [])];
  const all = random.chance(0.7) ? visible : oracle.items.map(({ key }) => key);
  const keys = all.filter((key) => !isBarrier(key));
  return keys.length === 0 ? random.pick(COMMON_KEYS) : random.pick(keys);
};

async function claim(reader: Reader, tenant: Tenant, random: Random): Promise<void> {
  const source = random.pick([
    { inbox: true },
    { topics: some(tenant.topics, random) },
    { key: existing(reader, random) },
  ]);
  const answer = await reader.callTool("claim_task", { ...source, lease_minutes: 1 });
  const task = answer?.["task"] as { key: string; token: string } | null | undefined;
  if (!task) return;
  tenant.claims.push({ key: task.key, token: task.token });
  if (tenant.claims.length > MAX_CLAIMS) tenant.claims.shift();
}

async function endTask(
  reader: Reader,
  tenant: Tenant,
  random: Random,
  markers: Markers,
): Promise<unknown> {
  if (tenant.claims.length === 0) return claim(reader, tenant, random);
  // Now and then the claim of another agent.
  const held = random.pick(tenant.claims);
  const { topics, subscribers } = random.chance(0.5) ? routeOf(tenant, random) : NO_ROUTE;
  switch (random.below(6)) {
    case 0:
      return reader.callTool("complete_task", { ...held });
    case 1:
    case 2: {
      const result = valueOf(markers, random);
      return reader.callTool("complete_task", { ...held, result, topics, subscribers });
    }
    case 3: {
      const value = valueOf(markers, random);
      return reader.callTool("hand_off_task", { ...held, value, topics, subscribers });
    }
    case 4:
      return reader.callTool("extend_task", { ...held, lease_minutes: 1 });
    default:
      return reader.callTool("release_task", { ...held, error: `Failed: ${markers.create()}` });
  }
}

const push: Operation = (reader, tenant, random, markers) =>
  reader.callTool("push_context", {
    key: keyOf(reader, tenant, markers, random),
    value: valueOf(markers, random),
    ...(random.chance(0.8) ? routeOf(tenant, random) : NO_ROUTE),
    ...(random.chance(0.1) && { depends_on: [existing(reader, random)] }),
    ...(random.chance(0.1) && { if_revision: 0 }),
  });

const edit: Operation = (reader, _tenant, random, markers) =>
  reader.callTool("edit_context", {
    key: existing(reader, random),
    ...random.pick([
      { merge: { [markers.create()]: markers.create() } },
      { append: [markers.create()] },
      { increment: 1 },
    ]),
  });

const remove: Operation = (reader, _tenant, random) =>
  reader.callTool("delete_context", { key: existing(reader, random) });

const subscribe: Operation = (reader, { topics }, random) =>
  reader.callTool("subscribe_to_topics", { topics: some(topics, random) });

const unsubscribe: Operation = (reader, { topics }, random) =>
  reader.callTool("unsubscribe_from_topics", { topics: some(topics, random) });

const publish: Operation = async (reader, tenant, random, markers) => {
  const type = random.pick(["order", markers.create()]);
  const data = valueOf(markers, random);
  const route = routeOf(tenant, random);
  const answer = await reader.callTool("publish_event", { type, data, ...route });
  if (answer?.["success"] !== true) return;
  reader.oracle.addEvent(`${type} ${data} ${JSON.stringify(route)}`, {
    topics: route.topics ?? [],
    subscribers: route.subscribers ?? [],
    global: route.global ?? false,
    owner: reader.agent,
  });
};

/** No agent answers: the question is an item for a moment. */
const ask: Operation = (reader, { agents }, random, markers) => {
  const agent = random.pick(agents);
  const message = markers.create();
  reader.oracle.addBrief(message, [reader.agent, agent]);
  return reader.callTool("ask_agent", { agent, message, timeout_seconds: 0.01 });
};

const delegate: Operation = async (reader, { agents, topics, tasks }, random, markers) => {
  if (!reader.delegates) return;
  const taskId = tasks.length > 0 && random.chance(0.3) ? random.pick(tasks) : undefined;
  if (taskId !== undefined && random.chance(0.5))
    return reader.dispatch("tasks/cancel", { taskId });
  if (taskId !== undefined) {
    const content = { answer: markers.create() };
    const inputResponses = { question: { action: "accept", content } };
    return reader.dispatch("tasks/update", { taskId, inputResponses });
  }
  const to = random.chance(0.5) ? { agent: random.pick(agents) } : { topics: some(topics, random) };
  const result = await reader.dispatch("tools/call", {
    name: "delegate_task",
    arguments: { ...to, message: markers.create() },
  });
  if (typeof result?.["taskId"] !== "string") return;
  tasks.push(result["taskId"]);
  if (tasks.length > MAX_TASKS) tasks.shift();
};

const retry: Operation = (reader, _tenant, random) =>
  reader.callTool("retry_task", { key: existing(reader, random) });

const setPermissions: Operation = ({ oracle, agent }, { topics }, random) =>
  oracle.mesh.setPermissions(
    agent,
    random.chance(0.6)
      ? null
      : {
          post: random.chance(0.5) ? "*" : some(topics, random),
          subscribe: some(topics, random),
          global: random.chance(0.5),
          direct: random.chance(0.5),
        },
  );

const announce: Operation = async ({ oracle, agent }, _tenant, _random, markers) => {
  const description = markers.create();
  oracle.addNames(description);
  await oracle.mesh.agent(agent).announce({ description, capabilities: ["tests"] });
};

const deleteTopic: Operation = async ({ oracle }, { topics }, random) => {
  const topic = random.pick(topics);
  const { topics: known } = await oracle.mesh.topics({ prefix: topic });
  if (!known.some(({ name }) => name === topic)) return;
  await oracle.mesh.deleteTopic(topic);
  oracle.deleteTopic(topic);
};

/** Makes room: at most this many items. */
const MAX_ITEMS = 60;

const clean: Operation = async ({ oracle }, _tenant, random) => {
  const excess = oracle.items
    .filter(({ key }) => !key.startsWith("barrier:"))
    .slice(0, -MAX_ITEMS / 2);
  const keys = excess.map(({ key }) => key).filter(() => random.chance(0.7));
  if (keys.length > 0) await oracle.mesh.system.deleteMany(keys);
};

const WEIGHTS: readonly (readonly [number, Operation])[] = [
  [30, push],
  [8, edit],
  [5, remove],
  [9, subscribe],
  [8, unsubscribe],
  [9, publish],
  [9, claim],
  [9, endTask],
  [1, ask],
  [6, delegate],
  [3, retry],
  [3, setPermissions],
  [1, announce],
  [0.5, deleteTopic],
];
const TOTAL = WEIGHTS.reduce((sum, [weight]) => sum + weight, 0);

/** Performs one operation as an agent, or as the system about an agent. */
export async function operate(
  reader: Reader,
  tenant: Tenant,
  random: Random,
  markers: Markers,
): Promise<void> {
  if (reader.oracle.items.length > MAX_ITEMS)
    return void (await clean(reader, tenant, random, markers));
  let at = random.next() * TOTAL;
  for (const [weight, operation] of WEIGHTS) {
    at -= weight;
    if (at < 0) return void (await operation(reader, tenant, random, markers));
  }
}
