import type { Change, StoredChange, PriorAudience } from "./change.ts";

/** The stored form of a change. */
export function toStoredChange(change: Change): StoredChange {
  switch (change.type) {
    case "put": {
      const { before, after } = change;
      return { type: "put", key: after.key, before: before && toPriorAudience(before), after };
    }
    case "delete":
    case "expire":
      return { type: change.type, key: change.before.key, before: toPriorAudience(change.before) };
    case "lease": {
      const { key, lease } = change.after;
      return { type: "lease", key, holder: lease?.holder ?? null, until: lease?.until ?? null };
    }
    case "event":
      return { type: "event" };
    default:
      return change;
  }
}

export function toPriorAudience({
  topics,
  subscribers,
  global,
  owner,
  revision,
}: PriorAudience): PriorAudience {
  return { topics, subscribers, global, owner, revision };
}
