import type { Item, ItemState, JsonValue } from "@syntha/core";
import * as z from "zod";
import { field } from "../schema/field.ts";
import { lastFailure, type LastFailure, toLastFailure } from "./last-failure.ts";
import { jsonBytes } from "./result-budget.ts";

/** Who wrote a value, and when in the log. */
export interface ItemMeta {
  /** The agent that wrote the value; null for the system. */
  readonly author: string | null;
  /** For `if_revision` of the next write. */
  readonly revision: number;
  /** Of a task; absent for any other item, which is open. */
  readonly state?: Exclude<ItemState, "open">;
  /** Why the last attempt at a task failed; absent if none did. */
  readonly last_failure?: LastFailure;
  /** Keys that a task waits for; absent if there are none. */
  readonly waits_for?: readonly string[];
}

export interface ContextAnswer {
  readonly context: Record<string, JsonValue>;
  readonly meta: Record<string, ItemMeta>;
  /** Keys whose value alone exceeds the size of a result. */
  readonly too_large: readonly string[];
  /** Keys whose stored value is damaged; absent if there are none. */
  readonly unreadable?: readonly string[];
}

const itemMeta = z.object({
  author: field.author,
  revision: field.revision,
  state: field.state,
  last_failure: lastFailure.optional(),
  waits_for: field.optionalNames,
});

/** The fields of a {@link ContextAnswer}. */
export const contextFields = {
  context: z.record(z.string(), field.json).describe("values by key"),
  meta: z.record(z.string(), itemMeta),
  too_large: field.names.describe("keys whose value alone exceeds a result"),
  unreadable: field.optionalNames.describe("keys whose value is damaged"),
};

/** An item and its size in a result. */
export interface ContextEntry {
  readonly key: string;
  /** Undefined if the stored value is damaged. */
  readonly item: Item | undefined;
  readonly size: number;
  readonly isTooLarge: boolean;
}

export function toUnreadableEntry(key: string): ContextEntry {
  return { key, item: undefined, size: jsonBytes(key) + 2, isTooLarge: false };
}

export function toContextEntry(item: Item, largest: number): ContextEntry {
  const name = jsonBytes(item.key) + 2;
  const size = 2 * name + jsonBytes(item.value) + jsonBytes(toMeta(item));
  return size > largest
    ? { key: item.key, item, size: name, isTooLarge: true }
    : { key: item.key, item, size, isTooLarge: false };
}

export function toContextAnswer(entries: readonly ContextEntry[]): ContextAnswer {
  const whole = entries.flatMap(({ item, isTooLarge }) => (item && !isTooLarge ? [item] : []));
  const tooLarge = entries.filter(({ isTooLarge }) => isTooLarge);
  const unreadable = entries.filter(({ item }) => item === undefined);
  // `fromEntries` also accepts the key "__proto__".
  return {
    context: Object.fromEntries(whole.map((item) => [item.key, item.value])),
    meta: Object.fromEntries(whole.map((item) => [item.key, toMeta(item)])),
    too_large: tooLarge.map(({ key }) => key),
    ...(unreadable.length > 0 && { unreadable: unreadable.map(({ key }) => key) }),
  };
}

function toMeta(item: Item): ItemMeta {
  const { author, revision, state, lastFailure, pendingDependencies } = item;
  return {
    author: author ?? null,
    revision,
    ...(state !== "open" && { state }),
    ...(lastFailure !== undefined && { last_failure: toLastFailure(lastFailure) }),
    ...(pendingDependencies.length > 0 && { waits_for: pendingDependencies }),
  };
}
