import type { AgentContext, ItemState, SystemContext } from "@syntha/core";
import { z } from "zod";
import type { ItemPage, ItemSummary, TaskBoard } from "../../api/index.ts";
import { itemPage, itemsOf } from "../mesh/item-page.ts";
import { openTasks } from "../mesh/open-tasks.ts";
import { viewOf, viewOfPage } from "../mesh/item-view.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const STATES: readonly ItemState[] = ["open", "claimed", "done", "failed"];
/** Topics that one listing may name. */
const MAX_TOPICS = 64;
const MAX_DEPENDENCIES = 200;

export const tasks: MeshRead<"api/tasks"> = {
  query: z.strictObject({
    ...parts.VIEW,
    ...parts.PAGE,
    state: parts.state.optional(),
    topic: parts.text.optional(),
  }),
  async answer({ moment }, { as, state, topic, limit, page }) {
    const { system } = moment;
    const wanted = state === undefined ? STATES : [state];
    const columns: Partial<Record<ItemState, ItemPage>> = {};
    const range = { limit, page: state === undefined ? undefined : page };
    const columnOf = (name: ItemState, topics: readonly string[] | undefined): Promise<ItemPage> =>
      itemPage(system, { ...range, state: name, topics });
    const topics = topic === undefined ? undefined : [topic];
    for (const name of wanted) if (name !== "open") columns[name] = await columnOf(name, topics);
    const queues = topics ?? (await workedTopics(system, columns));
    if (wanted.includes("open"))
      columns.open =
        topics === undefined && queues.length > 0
          ? await openTasks(moment, queues, range)
          : await columnOf("open", topics);
    return { ...(await withDependencies(system, columns, as)), topics: queues };
  },
};

/** The topics of claimed, done and failed items. */
async function workedTopics(
  system: AgentContext,
  columns: TaskBoard["columns"],
): Promise<readonly string[]> {
  const topics = new Set<string>();
  for (const state of STATES.slice(1)) {
    const items =
      columns[state]?.items ?? (await system.list({ state, values: false, limit: 100 })).items;
    for (const item of items) for (const topic of item.topics) topics.add(topic);
  }
  return [...topics].slice(0, MAX_TOPICS);
}

async function withDependencies(
  system: SystemContext,
  columns: TaskBoard["columns"],
  agent: string | undefined,
): Promise<Pick<TaskBoard, "columns" | "dependencies">> {
  const shown: Partial<Record<ItemState, ItemPage>> = {};
  for (const state of STATES) {
    const column = columns[state];
    if (column === undefined) continue;
    shown[state] = await viewOfPage(system, agent, column);
  }
  const tasks = Object.values(shown).flatMap(({ items }) => items);
  const dependencies = await itemsOf(system, missingDependencies(tasks));
  return { columns: shown, dependencies: await viewOf(system, agent, dependencies) };
}

function missingDependencies(tasks: readonly ItemSummary[]): readonly string[] {
  const shown = new Set(tasks.map(({ key }) => key));
  const missing = new Set(tasks.flatMap(({ dependsOn }) => dependsOn));
  return [...missing].filter((key) => !shown.has(key)).slice(0, MAX_DEPENDENCIES);
}
