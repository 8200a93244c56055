import type { JsonValue } from "../json/json.ts";
import type { EventRow } from "../storage/event-row.ts";
import { parseJson } from "../json/parse-json.ts";

/** Something that happened, as its readers get it. */
export interface MeshEvent<D = JsonValue, E extends string = string> {
  readonly id: string;
  readonly type: E;
  readonly data: D;
  /** The agent that published it; absent for the system. */
  readonly author: string | undefined;
  readonly topics: readonly string[];
  readonly at: Date;
}

export function toEvent<D, E extends string>(row: EventRow): MeshEvent<D, E> {
  return {
    id: row.id,
    type: row.type as E,
    data: parseJson(row.data) as D,
    author: row.owner ?? undefined,
    topics: [...row.topics],
    at: new Date(row.at),
  };
}
