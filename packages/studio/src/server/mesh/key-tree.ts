import type { AgentContext } from "@syntha/core";
import { compareCodePoints } from "@syntha/core/storage";
import type { KeyNode, KeyTree } from "../../api/index.ts";
import { MAX_PAGE } from "../limits.ts";

const MAX_NODES = 1_000;
/** Reads of one level. */
const MAX_READS = 200;
/** Keys that are read to find the next node. */
const STEP = 50;
const SEPARATOR = /[:/.]/;
/** Comes after every key that begins with what stands before it. */
const LAST = "\u{10FFFF}";

/** One level of the keys that a reader sees. A branch is left after at most 1,000 keys, however many it has. */
export async function readKeyTree(reader: AgentContext, prefix: string): Promise<KeyTree> {
  const nodes = new Map<string, KeyNode>();
  let after: string | undefined;
  for (let reads = 0; reads < MAX_READS && nodes.size < MAX_NODES; reads++) {
    const { keys, isEnd } = await readKeys(reader, prefix, after, STEP);
    const branch = addLeaves(nodes, keys, prefix);
    if (branch === undefined) {
      if (isEnd) return { nodes: [...nodes.values()], isPartial: false };
      after = keys.at(-1);
      continue;
    }
    const counted = await readKeys(reader, branch.prefix, undefined, MAX_PAGE);
    nodes.set(branch.prefix, { ...branch, items: counted.keys.length, more: !counted.isEnd });
    after = later(branch.prefix + LAST, after);
  }
  return { nodes: [...nodes.values()], isPartial: true };
}

/** Adds nodes up to the first branch that is not there yet, which it returns. */
function addLeaves(
  nodes: Map<string, KeyNode>,
  keys: readonly string[],
  prefix: string,
): KeyNode | undefined {
  for (const key of keys) {
    const node = toNode(key, prefix);
    if (nodes.has(node.prefix)) continue;
    if (node.isBranch) return node;
    nodes.set(node.prefix, node);
  }
  return undefined;
}

/** The key itself if no separator follows the prefix, apart from one at its end. */
function toNode(key: string, above: string): KeyNode {
  const rest = key.slice(above.length);
  const at = rest.search(SEPARATOR);
  const isBranch = at !== -1 && at < rest.length - 1;
  const label = isBranch ? rest.slice(0, at + 1) : rest;
  return { prefix: above + label, label, isBranch, items: 1 };
}

async function readKeys(
  reader: AgentContext,
  prefix: string,
  after: string | undefined,
  limit: number,
): Promise<{ readonly keys: readonly string[]; readonly isEnd: boolean }> {
  const filter = {
    prefix: prefix === "" ? undefined : prefix,
    after,
    limit,
    values: false,
  } as const;
  const { items, nextPage } = await reader.list(filter);
  return { keys: items.map(({ key }) => key), isEnd: nextPage === undefined };
}

/** A key may begin with a branch and the last character itself. */
function later(key: string, other: string | undefined): string {
  return other !== undefined && compareCodePoints(other, key) > 0 ? other : key;
}
