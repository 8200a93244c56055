import { SynthaError } from "@syntha/core";
import type { ToolContext } from "../tool.ts";
import {
  type ContextAnswer,
  type ContextEntry,
  toContextAnswer,
  toContextEntry,
  toUnreadableEntry,
} from "./context-entry.ts";
import { nearestKeys } from "./nearest-keys.ts";
import { jsonBytes, ResultBudget } from "./result-budget.ts";

export interface ContextPage extends ContextAnswer {
  readonly next: string | undefined;
  readonly missing: readonly string[];
  /** For missing keys, the nearest visible key if there is one. */
  readonly nearest: Readonly<Record<string, string>>;
}

/** Keys read at once: few, because their values may be large and only some of them fit. */
const BATCH_SIZE = 8;
const PAGE = /^k1\.(\d{1,4})$/;

/**
 * Reads keys by name, in the given order, up to the size of a result; the page token counts the keys answered. A single key
 * is answered in full, whatever its size.
 */
export async function readKeys(
  context: ToolContext,
  keys: readonly string[],
  page: string | undefined,
): Promise<ContextPage> {
  const budget = new ResultBudget(context.maxResultBytes);
  const largest = keys.length === 1 ? Number.POSITIVE_INFINITY : budget.remaining;
  const entries: ContextEntry[] = [];
  const missing: string[] = [];
  let next: string | undefined;
  const first = toIndex(page, keys.length);
  for (let from = first; from < keys.length && next === undefined; from += BATCH_SIZE) {
    const batch = keys.slice(from, from + BATCH_SIZE);
    const unreadable = new Set<string>();
    const items = await context.agent.getItems(batch, {
      onCorrupt: ({ key }) => void unreadable.add(key),
    });
    const byKey = new Map(items.map((item) => [item.key, item]));
    for (const [i, key] of batch.entries()) {
      const item = byKey.get(key);
      const entry = unreadable.has(key)
        ? toUnreadableEntry(key)
        : item && toContextEntry(item, largest);
      const size = entry?.size ?? jsonBytes(key) + 1;
      if (budget.countFitting([size]) === 0) {
        next = `k1.${from + i}`;
        break;
      }
      budget.spend([size]);
      if (entry === undefined) missing.push(key);
      else entries.push(entry);
    }
  }
  const pairs = missing.length === 0 ? [] : await nearestKeys(context.agent, missing);
  const fitting = pairs.filter((pair) => {
    const size = jsonBytes(pair) + 1;
    if (budget.remaining < size) return false;
    budget.spend([size]);
    return true;
  });
  return { ...toContextAnswer(entries), next, missing, nearest: Object.fromEntries(fitting) };
}

function toIndex(page: string | undefined, count: number): number {
  if (page === undefined) return 0;
  const index = Number(PAGE.exec(page)?.[1]);
  if (index < count) return index;
  throw new SynthaError("INVALID_CURSOR", "Invalid page token.", {
    hint: "Pass next_page unchanged, with the same keys.",
  });
}
