import type { ContextMesh, CorruptItem, ItemHeader } from "@syntha/core";
import { AGENTS, KEYS, TOPICS } from "./step.ts";

/** What the log may not say of an item. */
type Header = Omit<ItemHeader, "attempts" | "lastFailure">;

export interface SeenItem {
  readonly header: Header;
  /** Its value as text; undefined if it is missing. */
  readonly value: string | undefined;
}

/** What the agents and the system see of a mesh at one position. */
export interface PastView {
  /** Items by reader, in key order. */
  readonly items: Readonly<Record<string, readonly SeenItem[]>>;
  readonly events: Readonly<Record<string, readonly unknown[]>>;
  readonly subscriptions: Readonly<Record<string, readonly string[]>>;
  readonly permissions: Readonly<Record<string, unknown>>;
  readonly explanations: Readonly<Record<string, readonly unknown[]>>;
  readonly topics: readonly unknown[];
  readonly agents: readonly unknown[];
  readonly counts: unknown;
}

export async function pastView(mesh: ContextMesh): Promise<PastView> {
  const { revision, items, global, routed, topics, agents } = await mesh.stats();
  const known = await mesh.agents();
  const everyone = [...known.agents, ...known.corrupt];
  return {
    items: Object.fromEntries(
      await Promise.all(
        [...AGENTS, "system"].map(async (name) => [name, await seenBy(mesh, name)]),
      ),
    ),
    events: await byAgent(async (name) => (await mesh.agent(name).events()).events),
    subscriptions: await byAgent((name) => mesh.agent(name).subscriptions()),
    permissions: await byAgent((name) => mesh.permissions(name).catch(() => "missing")),
    explanations: await byAgent(async (name) =>
      (await mesh.system.explainMany(name, KEYS)).map(({ key, visible, reasons }) => [
        key,
        visible,
        reasons,
      ]),
    ),
    topics: (await mesh.topics()).topics,
    agents: everyone
      .map(({ name, firstSeen, subscriptions }) => [name, firstSeen.getTime(), subscriptions])
      .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
    counts: { revision, items, global, routed, topics, agents, named: TOPICS.length },
  };
}

async function byAgent<T>(read: (name: string) => Promise<T>): Promise<Record<string, T>> {
  return Object.fromEntries(
    await Promise.all(AGENTS.map(async (name) => [name, await read(name)] as const)),
  );
}

async function seenBy(mesh: ContextMesh, name: string): Promise<SeenItem[]> {
  const reader = name === "system" ? mesh.system : mesh.agent(name);
  const { items, corrupt } = await reader.list();
  const seen = [
    ...items.map(({ value, ...header }) => ({
      header: known(header),
      value: JSON.stringify(value),
    })),
    ...corrupt.map((item) => missing(item)),
  ];
  return seen.sort((a, b) => (a.header.key < b.header.key ? -1 : 1));
}

function missing({ error, ...header }: CorruptItem): SeenItem {
  if (error.details.missing !== true) throw error;
  return { header: known(header), value: undefined };
}

function known(item: ItemHeader): Header {
  const { attempts: _, lastFailure: __, ...header } = item;
  return header;
}
