import { isDeepStrictEqual } from "node:util";
import type { AgentContext, ContextMesh } from "@syntha/core";
import type { ItemSummary, TimelineEntry } from "../../src/index.ts";
import type { StudioClient } from "./studio.ts";

/** What a reader has, as the mesh itself answers: keys with revisions. */
export async function heldBy(reader: AgentContext): Promise<readonly string[]> {
  const held: string[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const listed = await reader.list({ limit: 3, page });
    held.push(...named(listed.items));
    page = listed.nextPage;
  }
  return held;
}

export function named(
  items: readonly { readonly key: string; readonly revision: number }[],
): readonly string[] {
  return items.map(({ key, revision }) => `${key} ${revision}`);
}

/** All pages of `api/items`. */
export async function listItems(
  { read }: StudioClient,
  query: Readonly<Record<string, string>>,
): Promise<readonly ItemSummary[]> {
  const items: ItemSummary[] = [];
  for (let page: string | undefined, first = true; first || page !== undefined; first = false) {
    const answer = await read("api/items", { ...query, limit: "2", ...(page ? { page } : {}) });
    items.push(...answer.items);
    page = answer.nextPage;
  }
  return items;
}

/** All pages of `api/log`, from its end. */
async function listLog({ read }: StudioClient, as: string): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (let before: number | undefined, first = true; first || before !== undefined; first = false) {
    const page = await read("api/log", { as, limit: "4", ...(before && { before: `${before}` }) });
    entries.unshift(...page.entries);
    before = page.before;
  }
  return entries;
}

/** Where Studio shows an agent's view otherwise than the mesh answers the agent. */
export async function viewDifferences(
  mesh: ContextMesh,
  studio: StudioClient,
  as: string,
): Promise<readonly string[]> {
  const { read } = studio;
  const differences: string[] = [];
  const compare = (view: string, shown: unknown, expected: unknown): void => {
    if (isDeepStrictEqual(shown, expected)) return;
    differences.push(`${as}, ${view}: ${JSON.stringify([shown, expected])}`);
  };
  const agent = mesh.agent(as);
  const [all, held] = [await heldBy(mesh.system), await heldBy(agent)];
  const isHeld = (key: string | undefined, revision: number): boolean =>
    held.includes(`${key} ${revision}`);

  compare("own items", named(await listItems(studio, { as, mode: "own" })), held);
  const dimmed = await listItems(studio, { as });
  compare("all items", named(dimmed), all);
  compare("marked items", named(dimmed.filter(({ visible }) => visible)), held);
  for (const { key, visible } of dimmed) {
    const { item, explanation } = await read("api/item", { as, key });
    const { agents } = await read("api/item/audience", { key });
    const audience = agents.find((each) => each.agent === as);
    const shown = [item?.visible, explanation?.visible, audience?.visible];
    compare(`item ${key}`, shown, [visible, visible, visible]);
  }

  const hidden = all.length - held.length;
  const counts = { visible: held.length, hidden, isExact: true };
  compare("counts", await read("api/visibility", { as }), counts);
  const { nodes } = await read("api/tree", { as });
  const leaves = nodes.reduce((sum, { items }) => sum + items, 0);
  compare("tree", leaves, held.length);
  const graph = await read("api/graph", { as });
  const drawn = graph.items.filter(({ visible }) => visible);
  compare("graph", named(drawn).toSorted(), [...held].toSorted());
  const { topics } = await agent.topics();
  compare("topics", (await read("api/topics", { as })).topics, topics);
  for (const { items } of Object.values((await read("api/tasks", { as })).columns))
    for (const { key, revision, visible } of items)
      compare(`task ${key}`, visible, isHeld(key, revision));

  const events = (await agent.events()).events.map(({ id }) => id);
  const shownEvents = (await read("api/events", { as })).events.map(({ id }) => id);
  compare("events", shownEvents, events);
  for (const entry of (await listLog(studio, as)).slice(-MOST_ENTRIES)) {
    const expected = await wasSeen(mesh, as, entry);
    if (expected !== undefined)
      compare(`${entry.type} at ${entry.position}`, entry.visible ?? false, expected);
  }
  return differences;
}

/** Each is compared with the mesh of then. */
const MOST_ENTRIES = 12;

/** Whether an agent saw what an entry is about, as the mesh of then answers; undefined for what it does not say. */
async function wasSeen(
  mesh: ContextMesh,
  as: string,
  { type, key, event, position, visible }: TimelineEntry,
): Promise<boolean | undefined> {
  const isItem = type === "put" || type === "delete" || type === "lease";
  // What became of the route of a lease's item is not always known.
  if ((!isItem && type !== "event") || (type === "lease" && visible === undefined))
    return undefined;
  await using then = await mesh.at(type === "delete" ? position - 1 : position);
  const agent = then.agent(as);
  if (isItem) return (await agent.keys()).includes(key ?? "");
  return (await agent.events()).events.some(({ id }) => id === event?.id);
}
