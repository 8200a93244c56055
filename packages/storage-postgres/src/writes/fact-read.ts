import type { FactCache, FactRequest, ItemRow } from "@syntha/core/storage";
import type { Answer, Call, Row } from "../connection/statement.ts";
import { HAS_DEPENDENTS_AT, toItem } from "../tables/items.ts";

/** A call that reads facts, and how its answer is cached. */
export interface FactRead {
  readonly call: Call;
  /** Returns what is left to read, if the answer does not have all of it. */
  cache(answer: Answer, facts: FactCache): FactRead | readonly FactRead[] | undefined | void;
}

/** Requests of a type. */
export type Of<T extends FactRequest["type"]> = Extract<FactRequest, { type: T }>;

/** Items with `factColumns`. Caches of which ones it is known that no other one depends on them. */
export function readItems(rows: readonly Row[], facts: FactCache): ItemRow[] {
  for (const row of rows)
    if (row[HAS_DEPENDENTS_AT] === false) facts.cacheDependents([row[0] as string], []);
  return rows.map((row) => toItem(row));
}
