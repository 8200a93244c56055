import { corruptItem, corruptTask, missingValue } from "../error/corrupt-data.ts";
import type { SynthaError } from "../error/syntha-error.ts";
import type { JsonValue } from "../json/json.ts";
import { type ItemRow, type ItemState, MISSING_VALUE, stateOf } from "../model/item-row.ts";
import { CORRUPT_TASK, type FailureRow, NO_TASK } from "../model/task-row.ts";
import { parseJson } from "../json/parse-json.ts";
import type { ItemsOf, KeyOfPattern, MeshSchema } from "../schema/mesh-schema.ts";
import type { OutputOf } from "../schema/standard-schema.ts";

/** An item without its value. */
export interface ItemHeader<K extends string = string> {
  readonly key: K;
  readonly topics: readonly string[];
  /** Agents that its route names. */
  readonly subscribers: readonly string[];
  readonly global: boolean;
  /** The agent that last set its route; undefined for the system. */
  readonly owner: string | undefined;
  /** The agent that last wrote its value; undefined for the system. Set by the program, never by an argument of a tool. */
  readonly author: string | undefined;
  /** The log position of the commit that last wrote it. */
  readonly revision: number;
  readonly state: ItemState;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When it becomes invisible; undefined if it has no expiry. */
  readonly expiresAt: Date | undefined;
  /** Claims since it was last pushed or handed off. */
  readonly attempts: number;
  /** -10 to 10; claims take the highest first. */
  readonly priority: number;
  /** The earliest time at which it can be claimed. */
  readonly notBefore: Date | undefined;
  /** Keys of the items that it was created to wait for. */
  readonly dependsOn: readonly string[];
  /** Those of them that are not done, deleted or expired yet. While there are any, it can't be claimed. */
  readonly pendingDependencies: readonly string[];
  /** Why the last attempt failed; undefined once it is done, pushed or handed off. */
  readonly lastFailure: Failure | undefined;
}

/** The reason of a failed attempt. */
export interface Failure {
  readonly message: string;
  /** The agent whose attempt it was; undefined for the system. */
  readonly agent: string | undefined;
  readonly at: Date;
  /** 1 for the first attempt since the item was pushed or handed off. */
  readonly attempt: number;
}

/** An item, as its readers receive it: a copy, which they may change. */
export interface Item<V = JsonValue, K extends string = string> extends ItemHeader<K> {
  readonly value: V;
}

/** The items of these keys; if they have several schemas, a union that `item.key` narrows. */
export type ItemOf<S extends MeshSchema, K extends string, T = JsonValue> = [ItemsOf<S>] extends [
  never,
]
  ? Item<T, K>
  : K extends keyof ItemsOf<S> & string
    ? Item<OutputOf<ItemsOf<S>[K]>, K>
    : {
        [P in keyof ItemsOf<S> & string]: K extends KeyOfPattern<P>
          ? Item<OutputOf<ItemsOf<S>[P]>, K>
          : KeyOfPattern<P> extends K
            ? Item<OutputOf<ItemsOf<S>[P]>, KeyOfPattern<P>>
            : never;
      }[keyof ItemsOf<S> & string];

/** An item whose value is damaged where it is stored. */
export interface CorruptItem extends ItemHeader {
  readonly error: SynthaError<"CORRUPT_DATA">;
}

export function toHeader(row: ItemRow, now: number): ItemHeader {
  const task = row.task ?? NO_TASK;
  return {
    key: row.key,
    topics: [...row.topics],
    subscribers: [...row.subscribers],
    global: row.global,
    owner: row.owner ?? undefined,
    author: row.author ?? undefined,
    revision: row.revision,
    state: stateOf(row, now),
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
    expiresAt: row.expiresAt === null ? undefined : new Date(row.expiresAt),
    attempts: row.attempts,
    priority: task.priority,
    notBefore: task.notBefore === null ? undefined : new Date(task.notBefore),
    dependsOn: [...task.dependsOn],
    pendingDependencies: [...task.pending],
    lastFailure: task.lastFailure === null ? undefined : toFailure(task.lastFailure),
  };
}

function toFailure({ message, agent, at, attempt }: FailureRow): Failure {
  return { message, agent: agent ?? undefined, at: new Date(at), attempt };
}

/** @typeParam I the item's type by the mesh's schema, or as its reader states */
export function toItem<I = Item>(row: ItemRow, now: number): I {
  return { ...toHeader(row, now), value: valueOf(row) } as I;
}

/** @throws CORRUPT_DATA if the value or the task is damaged */
export function valueOf({
  key,
  value,
  task,
}: Pick<ItemRow, "key" | "value"> & Partial<Pick<ItemRow, "task">>): JsonValue {
  if (task === CORRUPT_TASK) throw corruptTask(key);
  if (value === MISSING_VALUE) throw missingValue(key);
  try {
    return parseJson(value);
  } catch (cause) {
    throw corruptItem(key, cause);
  }
}

export function toCorruptItem(
  row: ItemRow,
  now: number,
  error: SynthaError<"CORRUPT_DATA">,
): CorruptItem {
  return { ...toHeader(row, now), error };
}
