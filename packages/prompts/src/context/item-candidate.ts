import type { ItemHeader } from "@syntha/core";
import type { Candidate } from "../packing/pack.ts";
import type { ShownItem } from "./context-state.ts";

/** An item on its way into a block, as it was read last. */
export interface ItemCandidate extends Candidate {
  header: ItemHeader;
}

export function toCandidate(header: ItemHeader): ItemCandidate {
  return { key: header.key, author: header.author ?? null, header };
}

export function toShownItem({ key, revision, expiresAt }: ItemHeader): ShownItem {
  return [key, revision, expiresAt?.getTime() ?? null];
}
