import type { ItemHeader, Listing } from "@syntha/core";
import { z } from "zod";
import type { KeyNode } from "../../api/index.ts";
import { MAX_PAGE } from "../limits.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const MAX_NODES = 1_000;
/** Keys that are counted. */
const MAX_KEYS = 100_000;
const SEPARATOR = /[:/.]/;

export const tree: MeshRead<"api/tree"> = {
  query: z.strictObject({ ...parts.VIEW, prefix: parts.text.optional() }),
  async answer({ reader }, { prefix = "" }) {
    const nodes = new Map<string, KeyNode>();
    let [page, counted]: [string | undefined, number] = [undefined, 0];
    do {
      const listed: Listing<ItemHeader> = await reader.list({
        values: false,
        limit: MAX_PAGE,
        page,
        prefix: prefix === "" ? undefined : prefix,
      });
      for (const { key } of listed.items) {
        const node = toNode(key, prefix);
        const { items } = nodes.get(node.prefix) ?? { items: 0 };
        nodes.set(node.prefix, { ...node, items: items + 1 });
      }
      counted += listed.items.length;
      page = listed.nextPage;
    } while (page !== undefined && counted < MAX_KEYS);
    return {
      nodes: [...nodes.values()].slice(0, MAX_NODES),
      isPartial: page !== undefined || nodes.size > MAX_NODES,
    };
  },
};

/** The key itself if no separator follows the prefix, apart from one at its end. */
function toNode(key: string, above: string): KeyNode {
  const rest = key.slice(above.length);
  const at = rest.search(SEPARATOR);
  const isBranch = at !== -1 && at < rest.length - 1;
  const label = isBranch ? rest.slice(0, at + 1) : rest;
  return { prefix: above + label, label, isBranch, items: 1 };
}
