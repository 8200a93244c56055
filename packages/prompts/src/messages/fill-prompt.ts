import {
  type AgentContext,
  type CorruptItem,
  isSynthaError,
  type Item,
  type MeshSchema,
} from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../fence/fence.ts";
import { itemLine } from "../lines/item-line.ts";
import { readItems } from "../selection/read-items.ts";
import type { OmittedItem } from "../lines/omitted-line.ts";
import type { IncludedItem } from "../context/rendered-context.ts";
import { type BudgetOptions, toBudget } from "../tokens/budget.ts";

export interface FillOptions {
  /** Replaces keys that are missing or do not fit. Default `"(not available)"`. */
  readonly fallback?: string | ((key: string) => string) | undefined;
  /** Your own texts by placeholder, inserted unchanged; they take precedence over keys. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** For all inserted items together. */
  readonly budget?: Omit<BudgetOptions, "share"> | undefined;
  readonly mark?: string | undefined;
}

const OPTIONS = knownOptions<FillOptions>("fillPrompt", {
  fallback: true,
  values: true,
  budget: true,
  mark: true,
});

export interface FilledPrompt {
  readonly text: string;
  /** Tokens of the whole text. */
  readonly tokens: number;
  readonly included: readonly IncludedItem[];
  /** Keys that do not exist or that the agent can't see. */
  readonly missing: readonly string[];
  /** Items that did not fit. */
  readonly omitted: readonly OmittedItem[];
}

const PLACEHOLDER = /\{\{([^{}]+)\}\}/g;
/** Keys read at once. */
const PART = 100;

/**
 * Fills your own template: `{{key}}` becomes that item, fenced, in one line; `{{name}}` one of `values`. All other braces, in
 * the template or in the inserted texts, stay unchanged.
 */
export async function fillPrompt(
  agent: AgentContext<MeshSchema>,
  template: string,
  options: FillOptions = {},
): Promise<FilledPrompt> {
  checkOptions(options, OPTIONS);
  const { fallback = "(not available)", values = {} } = options;
  const budget = toBudget(options.budget);
  const fence = new Fence("context", options.mark ?? newMark());
  const named = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name.trim());
  const keys = [...new Set(named.filter((name) => !Object.hasOwn(values, name)))];
  const items = await read(agent as unknown as AgentContext, keys);

  const texts = new Map<string, string>();
  const [included, missing, omitted] = [[] as IncludedItem[], [] as string[], [] as OmittedItem[]];
  const instead = (key: string): string =>
    typeof fallback === "function" ? fallback(key) : fallback;
  let left = budget.tokens;
  for (const key of keys) {
    const item = items.get(key);
    if (item === undefined) {
      missing.push(key);
      continue;
    }
    if ("error" in item) {
      omitted.push({ key, reason: "unreadable", tokens: undefined });
      continue;
    }
    const text = fence.inline(itemLine(item));
    const times = named.filter((name) => name === key).length;
    const tokens = budget.count(text) * times;
    if (tokens > left) {
      omitted.push({ key, reason: tokens > budget.tokens ? "too_large" : "budget", tokens });
      continue;
    }
    left -= tokens;
    texts.set(key, text);
    included.push({ key, revision: item.revision, tokens });
  }
  const text = template.replace(PLACEHOLDER, (_, inside: string) => {
    const name = inside.trim();
    if (Object.hasOwn(values, name)) return String(values[name]);
    return texts.get(name) ?? instead(name);
  });
  return { text, tokens: budget.count(text), included, missing, omitted };
}

async function read(
  agent: AgentContext,
  keys: readonly string[],
): Promise<Map<string, Item | CorruptItem>> {
  const found = new Map<string, Item | CorruptItem>();
  for (let from = 0; from < keys.length; from += PART) {
    for (const item of await readPart(agent, keys.slice(from, from + PART)))
      found.set(item.key, item);
  }
  return found;
}

/** A placeholder that can be no key names nothing that is there. */
async function readPart(
  agent: AgentContext,
  keys: readonly string[],
): Promise<readonly (Item | CorruptItem)[]> {
  try {
    return [...(await readItems(agent, keys)).values()];
  } catch (error) {
    const isNoKey =
      isSynthaError(error, "INVALID_TEXT") ||
      isSynthaError(error, "TOO_LARGE") ||
      isSynthaError(error, "INVALID_ARGUMENTS");
    if (!isNoKey) throw error;
    if (keys.length <= 1) return [];
    const half = keys.length >> 1;
    return [
      ...(await readPart(agent, keys.slice(0, half))),
      ...(await readPart(agent, keys.slice(half))),
    ];
  }
}
