import type { Item, JsonValue } from "@syntha/core";
import { jsonBytes } from "./size.ts";

/** What is known of a value besides itself. */
export interface ItemMeta {
  /** The agent that wrote it; null: the system. */
  readonly author: string | null;
  readonly revision: number;
}

export interface ContextAnswer {
  readonly context: Record<string, JsonValue>;
  readonly meta: Record<string, ItemMeta>;
  /** Keys whose value alone is more than a result may hold. */
  readonly too_large: readonly string[];
}

/** An item on its way into a result, with the size that it takes there. */
export interface ContextEntry {
  readonly item: Item;
  readonly size: number;
  readonly isTooLarge: boolean;
}

export function toContextEntry(item: Item, largest: number): ContextEntry {
  const name = jsonBytes(item.key) + 2;
  const size = 2 * name + jsonBytes(item.value) + jsonBytes(toMeta(item));
  return size > largest
    ? { item, size: name, isTooLarge: true }
    : { item, size, isTooLarge: false };
}

export function toContextAnswer(entries: readonly ContextEntry[]): ContextAnswer {
  const whole = entries.filter(({ isTooLarge }) => !isTooLarge).map(({ item }) => item);
  const tooLarge = entries.filter(({ isTooLarge }) => isTooLarge);
  // From entries, so that a key such as "__proto__" is a key like any other.
  return {
    context: Object.fromEntries(whole.map((item) => [item.key, item.value])),
    meta: Object.fromEntries(whole.map((item) => [item.key, toMeta(item)])),
    too_large: tooLarge.map(({ item }) => item.key),
  };
}

function toMeta({ author, revision }: Item): ItemMeta {
  return { author: author ?? null, revision };
}
