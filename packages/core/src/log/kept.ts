import type { Change, KeptChange, PastSight } from "./change.ts";

/** What the log keeps of a change. */
export function kept(change: Change): KeptChange {
  switch (change.type) {
    case "put": {
      const { before, after } = change;
      return { type: "put", key: after.key, before: before && pastSight(before), after };
    }
    case "delete":
    case "expire":
      return { type: change.type, key: change.before.key, before: pastSight(change.before) };
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

export function pastSight({ topics, subscribers, global, owner, revision }: PastSight): PastSight {
  return { topics, subscribers, global, owner, revision };
}
