import { corruptEvent } from "../error/corrupt-data.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import type { EventRow } from "../model/event-row.ts";
import { parseJson } from "../json/parse-json.ts";

/** An event, as its readers receive it. */
export interface MeshEvent<D = JsonValue, E extends string = string> {
  readonly id: string;
  readonly type: E;
  readonly data: D;
  /** The agent that published it; undefined for the system. */
  readonly author: string | undefined;
  readonly topics: readonly string[];
  readonly at: Date;
}

/** An event whose data is damaged where it is stored. */
export interface CorruptEvent extends Omit<MeshEvent, "data"> {
  readonly error: SynthaError<"CORRUPT_DATA">;
}

/** @throws CORRUPT_DATA */
export function toEvent<D, E extends string>(row: EventRow): MeshEvent<D, E> {
  const { id, type, ...rest } = withoutData<E>(row);
  return { id, type, data: dataOf(row) as D, ...rest };
}

export function toCorruptEvent(row: EventRow, error: SynthaError<"CORRUPT_DATA">): CorruptEvent {
  return { ...withoutData(row), error };
}

function withoutData<E extends string>(row: EventRow): Omit<MeshEvent<never, E>, "data"> {
  return {
    id: row.id,
    type: row.type as E,
    author: row.owner ?? undefined,
    topics: [...row.topics],
    at: new Date(row.at),
  };
}

function dataOf({ id, data }: EventRow): JsonValue {
  try {
    return parseJson(data);
  } catch (cause) {
    throw corruptEvent(id, cause);
  }
}
