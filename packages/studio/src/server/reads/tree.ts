import type { AgentContext, ItemHeader, Listing } from "@syntha/core";
import { z } from "zod";
import type { KeyNode } from "../../api/index.ts";
import { MAX_PAGE } from "../limits.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const MAX_NODES = 1_000;
/** Items of a mesh whose keys are all read. */
const MAX_KEYS = 200_000;
/** Keys that are read of a larger one. */
const MAX_READ = 20_000;
const SEPARATOR = /[:/.]/;

export const tree: MeshRead<"api/tree"> = {
  query: z.strictObject({ ...parts.VIEW, prefix: parts.text.optional() }),
  async answer({ moment, reader }, { prefix = "" }) {
    const { items } = await moment.stats();
    const { keys, isPartial } = await (items <= MAX_KEYS ? allKeys : firstKeys)(reader, prefix);
    const nodes = new Map<string, KeyNode>();
    for (const key of keys) {
      const node = toNode(key, prefix);
      const counted = nodes.get(node.prefix)?.items ?? 0;
      nodes.set(node.prefix, { ...node, items: counted + 1 });
    }
    return {
      nodes: [...nodes.values()].slice(0, MAX_NODES),
      isPartial: isPartial || nodes.size > MAX_NODES,
    };
  },
};

interface Keys {
  readonly keys: readonly string[];
  readonly isPartial: boolean;
}

async function allKeys(reader: AgentContext, prefix: string): Promise<Keys> {
  return { keys: await reader.keys(filterOf(prefix)), isPartial: false };
}

async function firstKeys(reader: AgentContext, prefix: string): Promise<Keys> {
  const keys: string[] = [];
  let page: string | undefined;
  do {
    const filter = { ...filterOf(prefix), values: false, limit: MAX_PAGE, page } as const;
    const listed: Listing<ItemHeader> = await reader.list(filter);
    for (const { key } of listed.items) keys.push(key);
    page = listed.nextPage;
  } while (page !== undefined && keys.length < MAX_READ);
  return { keys, isPartial: page !== undefined };
}

function filterOf(prefix: string): { readonly prefix: string | undefined } {
  return { prefix: prefix === "" ? undefined : prefix };
}

/** The key itself if no separator follows the prefix, apart from one at its end. */
function toNode(key: string, above: string): KeyNode {
  const rest = key.slice(above.length);
  const at = rest.search(SEPARATOR);
  const isBranch = at !== -1 && at < rest.length - 1;
  const label = isBranch ? rest.slice(0, at + 1) : rest;
  return { prefix: above + label, label, isBranch, items: 1 };
}
