import type { ItemState } from "@syntha/core";
import type { ItemPage, ItemSummary } from "./item.ts";
import type { PageQuery, ViewQuery } from "./scope.ts";

export interface TasksQuery extends ViewQuery, PageQuery {
  /** One column and its further pages. @default all columns, each with its first page */
  state?: ItemState | undefined;
  /** Only tasks on this topic. */
  topic?: string | undefined;
}

/**
 * Items as work, by state. Claimed, done and failed items are tasks. Every item is created open: open ones are listed if
 * they are on a topic with tasks in another state, or in an agent's inbox alone: their route names a known agent, and no topic.
 * If there is no such topic, all are. With `topic`, all open items of that topic.
 */
export interface TaskBoard {
  /** The columns asked for; absent are those not asked for. */
  readonly columns: Readonly<Partial<Record<ItemState, ItemPage>>>;
  /** The topics whose items are worked on. */
  readonly topics: readonly string[];
  /** Items that tasks of these columns wait for, without those in the columns: for the graph of dependencies. */
  readonly dependencies: readonly ItemSummary[];
}
