import type { AgentContext, CorruptItem, ItemHeader } from "@syntha/core";
import type { DestroyCall } from "./approvals.ts";

/** What a call would destroy. */
export interface Deletion {
  /** The question for a user; undefined if the call fails anyway. */
  readonly message: string | undefined;
  /** Another text once something else would be destroyed. */
  readonly target: string;
  /** Of the call, restricted to what the message describes. */
  readonly arguments: Readonly<Record<string, unknown>>;
}

export function describeDeletion(agent: AgentContext, call: DestroyCall): Promise<Deletion> {
  const { key, topic } = call.arguments;
  if (call.name === "delete_context" && typeof key === "string" && key !== "")
    return describeItem(agent, call, key);
  if (call.name === "delete_topic" && typeof topic === "string" && topic !== "")
    return describeTopic(agent, call, topic);
  const message = `Let ${short(agent.name)} call ${call.name} with ${short(call.arguments)}?`;
  return Promise.resolve({ message, target: "", arguments: call.arguments });
}

async function describeItem(
  agent: AgentContext,
  call: DestroyCall,
  key: string,
): Promise<Deletion> {
  const item = await headerOf(agent, key);
  const revision = item?.revision ?? 0;
  const given = call.arguments["if_revision"];
  // A write after the question makes the deletion fail.
  const isPinned = given !== undefined && given !== null && given !== "";
  const args = isPinned ? call.arguments : { ...call.arguments, if_revision: revision };
  const fails =
    item === undefined ||
    (typeof given === "number" && given !== revision) ||
    (!agent.isSystem && item.owner !== agent.name);
  if (fails) return { message: undefined, target: "", arguments: args };
  const author = item.author === undefined ? "the system" : short(item.author);
  const message = `Let ${short(agent.name)} delete ${short(key)}? It was last written by ${author} at ${item.updatedAt.toISOString()}.`;
  return { message, target: String(revision), arguments: args };
}

async function headerOf(agent: AgentContext, key: string): Promise<ItemHeader | undefined> {
  let damaged: CorruptItem | undefined;
  const [item] = await agent.getItems([key], { onCorrupt: (corrupt) => void (damaged = corrupt) });
  return item ?? damaged;
}

/** As the system sees it, which deletes it. */
async function describeTopic(
  { name, mesh }: AgentContext,
  { arguments: args }: DestroyCall,
  topic: string,
): Promise<Deletion> {
  const { topics } = await mesh.topics({ prefix: topic, limit: 1 });
  const [found] = topics;
  if (found?.name !== topic) return { message: undefined, target: "", arguments: args };
  const { items, subscribers } = found;
  // Every item of a topic that was deleted and created again was written since.
  const filter = { topics: [topic], values: false, limit: 1 } as const;
  const [first] = (await mesh.system.list(filter)).items;
  const message = `Let ${short(name)} delete the topic ${short(topic)}? It has ${items} items, of which those without another audience are deleted, and ${subscribers} subscribers.`;
  const target = [items, subscribers, first?.revision ?? 0].join(" ");
  return { message, target, arguments: args };
}

/** Text of agents as one line of JSON: it can't be taken for the question. */
function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
}
