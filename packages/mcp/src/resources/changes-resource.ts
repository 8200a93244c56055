import type { AgentContext, ChangeListing, JsonValue } from "@syntha/core";
import { type ItemResource, toItemResource } from "./item-resource.ts";
import { countFitting, PAGE_ENTRIES } from "./page.ts";
import { changesUri, itemUri } from "./resource-uri.ts";

/** A change that the agent sees. `cursor` is the position after it. */
export type ChangeResource = { readonly cursor: string } & (
  | { readonly type: "put"; readonly item: ItemResource }
  /** `hide`: it is no longer visible. */
  | { readonly type: "hide" | "delete" | "expire"; readonly key: string; readonly uri: string }
  /** Something is damaged where it is stored; without a key, it is unknown what. */
  | { readonly type: "corrupt"; readonly key: string | null; readonly uri: string | null }
  | { readonly type: "event"; readonly event: EventResource }
);

/** An event, as JSON. */
export interface EventResource {
  readonly id: string;
  readonly type: string;
  readonly data: JsonValue;
  /** The agent that published it; null for the system. */
  readonly author: string | null;
  readonly topics: readonly string[];
  /** ISO 8601. */
  readonly at: string;
}

/**
 * What `syntha://changes{?since}` reads: what changed after the cursor `since`, oldest first. Without it: no changes, and
 * the cursor of now. Every notification carries a cursor that can be passed, so that a client whose stream broke reads what
 * it missed.
 */
export interface ChangesResource {
  readonly changes: readonly ChangeResource[];
  /** Pass it as `since` for the changes that follow. */
  readonly cursor: string;
  /** Whether more changes exist already. */
  readonly more: boolean;
  /** The URI of the changes that follow. */
  readonly next: string;
  /** The storage's time of the read, ISO 8601. */
  readonly at: string;
}

/** @throws INVALID_CURSOR, CURSOR_COMPACTED */
export async function readChanges(
  agent: AgentContext,
  since: string | undefined,
): Promise<ChangesResource> {
  const listing = await agent.changes({ since, limit: PAGE_ENTRIES });
  const read = listing.changes.map(toChange);
  const changes = read.slice(0, countFitting(read));
  const isWhole = changes.length === read.length;
  const cursor = isWhole ? listing.cursor : (changes.at(-1)?.cursor ?? listing.cursor);
  return {
    changes,
    cursor,
    more: listing.more || !isWhole,
    next: changesUri(cursor),
    at: listing.at.toISOString(),
  };
}

function toChange(change: ChangeListing["changes"][number]): ChangeResource {
  const { type, cursor } = change;
  switch (type) {
    case "put":
      return { type, item: toItemResource(change.item), cursor };
    case "event": {
      const { id, type: name, data, author = null, topics, at } = change.event;
      const event = { id, type: name, data, author, topics, at: at.toISOString() };
      return { type, event, cursor };
    }
    case "corrupt": {
      const { key = null } = change;
      return { type, key, uri: key === null ? null : itemUri(key), cursor };
    }
    default:
      return { type, key: change.key, uri: itemUri(change.key), cursor };
  }
}
