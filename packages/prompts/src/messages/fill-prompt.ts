import {
  type AgentContext,
  type CorruptItem,
  isSynthaError,
  type Item,
  type MeshSchema,
} from "@syntha/core";
import { checkOptions, knownOptions } from "@syntha/core/storage";
import { Fence, newMark } from "../block/fence.ts";
import { itemLine } from "../block/lines.ts";
import type { IncludedItem, OmittedItem } from "../context/rendered-context.ts";
import { batches, readItems } from "../selection/read-items.ts";
import { type BudgetWithoutShare, toBudgetWithoutShare } from "../tokens/budget.ts";
import { checkText } from "./check-text.ts";

/** Options of {@link fillPrompt}. */
export interface FillOptions {
  /**
   * Replaces keys that are missing or do not fit.
   * @default "(not available)"
   */
  readonly fallback?: string | ((key: string) => string) | undefined;
  /** Your own texts by placeholder, inserted unchanged; they take precedence over keys. */
  readonly values?: Readonly<Record<string, string>> | undefined;
  /** The tokens of all inserted items together. */
  readonly budget?: BudgetWithoutShare | undefined;
  /**
   * The mark of the fences: 1 to 64 letters, digits, `_` or `-`. Set it only for reproducible output.
   * @default a random mark
   */
  readonly mark?: string | undefined;
}

const OPTIONS = knownOptions<FillOptions>("fillPrompt", {
  fallback: true,
  values: true,
  budget: true,
  mark: true,
});

/** The result of {@link fillPrompt}. */
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

/**
 * Fills your own template: replaces `{{key}}` with that item, fenced, on one line, and `{{name}}` with one of `values`. All
 * other braces, in the template and in the inserted texts, stay unchanged.
 * @throws INVALID_ARGUMENTS for a template that is not text, and for invalid options
 * @example
 * const { text, missing } = await fillPrompt(agent, "Answer {{inquiry}} briefly.");
 */
export async function fillPrompt(
  agent: AgentContext<MeshSchema>,
  template: string,
  options: FillOptions = {},
): Promise<FilledPrompt> {
  checkText("template", template);
  checkOptions(options, OPTIONS);
  const { fallback = "(not available)", values = {} } = options;
  const budget = toBudgetWithoutShare("fillPrompt", options.budget);
  const fence = new Fence("context", options.mark ?? newMark());
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name.trim());
  const keys = [...new Set(names.filter((name) => !Object.hasOwn(values, name)))];
  const items = await readAll(agent as unknown as AgentContext, keys);

  const texts = new Map<string, string>();
  const [included, missing, omitted] = [[] as IncludedItem[], [] as string[], [] as OmittedItem[]];
  const fallbackFor = (key: string): string =>
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
    const text = fence.encloseInline(itemLine(item));
    const occurrences = names.filter((name) => name === key).length;
    const tokens = budget.count(text) * occurrences;
    if (tokens > left) {
      omitted.push({ key, reason: tokens > budget.tokens ? "too_large" : "budget", tokens });
      continue;
    }
    left -= tokens;
    texts.set(key, text);
    included.push({ key, revision: item.revision, tokens });
  }
  const text = template.replace(PLACEHOLDER, (_, placeholder: string) => {
    const name = placeholder.trim();
    if (Object.hasOwn(values, name)) return String(values[name]);
    return texts.get(name) ?? fallbackFor(name);
  });
  return { text, tokens: budget.count(text), included, missing, omitted };
}

async function readAll(
  agent: AgentContext,
  keys: readonly string[],
): Promise<Map<string, Item | CorruptItem>> {
  const items = new Map<string, Item | CorruptItem>();
  for (const batch of batches(keys))
    for (const item of await readBatch(agent, batch)) items.set(item.key, item);
  return items;
}

/** A placeholder that is not a valid key is a missing item: it must not prevent reading the others. */
async function readBatch(
  agent: AgentContext,
  keys: readonly string[],
): Promise<readonly (Item | CorruptItem)[]> {
  try {
    return [...(await readItems(agent, keys)).values()];
  } catch (error) {
    const isInvalidKey =
      isSynthaError(error, "INVALID_TEXT") ||
      isSynthaError(error, "TOO_LARGE") ||
      isSynthaError(error, "INVALID_ARGUMENTS");
    if (!isInvalidKey) throw error;
    if (keys.length <= 1) return [];
    const half = keys.length >> 1;
    return [
      ...(await readBatch(agent, keys.slice(0, half))),
      ...(await readBatch(agent, keys.slice(half))),
    ];
  }
}
