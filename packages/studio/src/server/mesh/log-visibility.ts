import type { Cursor, MeshLogEntry } from "@syntha/core";
import { isVisible, parseCursor, toCursor } from "@syntha/core/storage";
import type { Moment } from "./moment.ts";

/** Whether an agent sees what entries of the log are about, in their order; undefined where that can't be said. */
export async function visibilityOf(
  mesh: Moment,
  agent: string,
  entries: readonly MeshLogEntry[],
): Promise<readonly (boolean | undefined)[]> {
  const subscriptions = new Set(await mesh.agent(agent).subscriptions());
  const claimed = await seenClaims(mesh, agent, entries);
  const events = await seenEvents(mesh, agent, entries);
  return entries.map((entry) => {
    switch (entry.type) {
      case "put":
      case "delete":
      case "expire": {
        const { owner, ...route } = entry.type === "put" ? entry.after : entry.before;
        const audience = { ...route, owner: owner ?? null };
        return isVisible(agent, audience, (topic) => subscriptions.has(topic));
      }
      case "lease":
        return claimed.get(entry.key);
      case "event":
        return events?.has(entry.event?.id ?? "");
      case "announce":
        return true;
      case "subscribe":
      case "unsubscribe":
      case "setPermissions":
        return entry.agent === agent;
      case "topicDeleted":
      case "corrupt":
        return undefined;
    }
  });
}

/** An entry about a lease has no route: what counts is whether the agent sees the item now. */
async function seenClaims(
  { system }: Moment,
  agent: string,
  entries: readonly MeshLogEntry[],
): Promise<ReadonlyMap<string, boolean>> {
  const keys = new Set(entries.flatMap((entry) => (entry.type === "lease" ? [entry.key] : [])));
  if (keys.size === 0) return new Map();
  const explanations = await system.explainMany(agent, [...keys].slice(0, 1000));
  return new Map(explanations.map(({ key, visible }) => [key, visible]));
}

/** The ids of events, from the first entry on, that the agent sees; undefined if there are no events. */
async function seenEvents(
  mesh: Moment,
  agent: string,
  entries: readonly MeshLogEntry[],
): Promise<ReadonlySet<string> | undefined> {
  const first = entries.find(({ type }) => type === "event");
  if (first === undefined) return undefined;
  const { events } = await mesh.agent(agent).events({ since: cursorBefore(first), limit: 1000 });
  return new Set(events.map(({ id }) => id));
}

/** The cursor of an entry is after it. */
function cursorBefore({ index, cursor }: MeshLogEntry): Cursor {
  const { epoch, position, commitId } = parseCursor(cursor);
  return toCursor({ epoch, position, done: index, commitId });
}
