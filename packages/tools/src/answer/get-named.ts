import { SynthaError } from "@syntha/core";
import type { Call } from "../tool.ts";
import {
  type ContextAnswer,
  type ContextEntry,
  toContextAnswer,
  toContextEntry,
  toUnreadableEntry,
} from "./context-entry.ts";
import { nearestKeys } from "./nearest-keys.ts";
import { jsonBytes, Room } from "./size.ts";

export interface NamedContext extends ContextAnswer {
  readonly next: string | undefined;
  readonly missing: readonly string[];
  /** The nearest visible key for missing ones that have one. */
  readonly near: Readonly<Record<string, string>>;
}

/** Keys read at one instant; no more, since their values may be large and only so many bytes fit. */
const AT_ONCE = 8;
const FORM = /^k1\.(\d{1,4})$/;

/**
 * Reads keys that were asked for by name, in the order asked, as far as they fit; the page tells how many are answered.
 * One key alone is answered whole, whatever its size.
 */
export async function getNamed(
  call: Call,
  keys: readonly string[],
  page: string | undefined,
): Promise<NamedContext> {
  const room = new Room(call.maxResultBytes);
  const largest = keys.length === 1 ? Number.POSITIVE_INFINITY : room.left;
  const entries: ContextEntry[] = [];
  const missing: string[] = [];
  let next: string | undefined;
  const first = toIndex(page, keys.length);
  for (let from = first; from < keys.length && next === undefined; from += AT_ONCE) {
    const asked = keys.slice(from, from + AT_ONCE);
    const unreadable = new Set<string>();
    const items = await call.agent.getItems(asked, {
      onCorrupt: ({ key }) => void unreadable.add(key),
    });
    const byKey = new Map(items.map((item) => [item.key, item]));
    for (const [i, key] of asked.entries()) {
      const item = byKey.get(key);
      const entry = unreadable.has(key)
        ? toUnreadableEntry(key)
        : item && toContextEntry(item, largest);
      const size = entry?.size ?? jsonBytes(key) + 1;
      if (room.countFitting([size]) === 0) {
        next = `k1.${from + i}`;
        break;
      }
      room.take([size]);
      if (entry === undefined) missing.push(key);
      else entries.push(entry);
    }
  }
  const near = missing.length === 0 ? [] : await nearestKeys(call.agent, missing);
  const fitting = near.filter((pair) => {
    const size = jsonBytes(pair) + 1;
    if (room.left < size) return false;
    room.take([size]);
    return true;
  });
  return { ...toContextAnswer(entries), next, missing, near: Object.fromEntries(fitting) };
}

function toIndex(page: string | undefined, count: number): number {
  if (page === undefined) return 0;
  const index = Number(FORM.exec(page)?.[1]);
  if (index < count) return index;
  throw new SynthaError("INVALID_CURSOR", "Invalid page token.", {
    hint: "Pass next_page unchanged, with the same keys.",
  });
}
