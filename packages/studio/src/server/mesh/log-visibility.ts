import { type EventRoute, isSynthaError, type MeshLogEntry } from "@syntha/core";
import { isVisible } from "@syntha/core/storage";
import { itemsOf, STEP } from "./item-page.ts";
import type { Moment } from "./moment.ts";
import { PastSubscriptions } from "./past-subscriptions.ts";

/**
 * Whether an agent saw what entries of the log are about, when they were made, in their order; undefined where that can't
 * be said.
 * @param isWhole whether the entries are all of the log between the first and the last
 */
export async function visibilityOf(
  mesh: Moment,
  agent: string,
  entries: readonly MeshLogEntry[],
  isWhole: boolean,
): Promise<readonly (boolean | undefined)[]> {
  const then = await readSubscriptions(mesh, agent, entries, isWhole);
  if (then === undefined) return entries.map(() => undefined);
  const claimed = await routesOfLeases(mesh, entries);
  return entries.map((entry, index) => {
    const { before, after } = then.around(entry.position);
    const sees = (route: EventRoute | undefined, topics: ReadonlySet<string>) =>
      route &&
      isVisible(agent, { ...route, owner: route.owner ?? null }, (each) => topics.has(each));
    switch (entry.type) {
      case "put":
        return sees(entry.after, after);
      case "delete":
      case "expire":
        return sees(entry.before, before);
      case "lease":
        return sees(claimed.get(index), after);
      case "event":
        return sees(entry.route, after) || (hasRoute(entry.route) ? false : undefined);
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

/** Whether anything of it is left: an event may have been removed since, or all its topics deleted. */
function hasRoute(route: EventRoute | undefined): boolean {
  return (
    route !== undefined && (route.global || route.topics.length + route.subscribers.length > 0)
  );
}

/** Undefined if they are compacted by now, or the storage keeps none. */
async function readSubscriptions(
  mesh: Moment,
  agent: string,
  entries: readonly MeshLogEntry[],
  isWhole: boolean,
): Promise<PastSubscriptions | undefined> {
  try {
    return await PastSubscriptions.read(mesh, agent, entries, isWhole);
  } catch (error) {
    if (isSynthaError(error, "CURSOR_COMPACTED") || isSynthaError(error, "MISCONFIGURED"))
      return undefined;
    throw error;
  }
}

/**
 * An entry about a lease has no route. It is that of the entry of the item before it or after it, or the item's own if that
 * was not written since.
 * @returns the routes that are known, by the index of the entry
 */
async function routesOfLeases(
  { system }: Moment,
  entries: readonly MeshLogEntry[],
): Promise<ReadonlyMap<number, EventRoute>> {
  const found = new Map<number, EventRoute>();
  const last = new Map<string, EventRoute>();
  const open = new Map<string, number[]>();
  for (const [index, entry] of entries.entries()) {
    if (entry.type === "lease") {
      const route = last.get(entry.key);
      if (route !== undefined) found.set(index, route);
      else open.set(entry.key, [...(open.get(entry.key) ?? []), index]);
    } else if (entry.type === "put" || entry.type === "delete" || entry.type === "expire") {
      for (const each of open.get(entry.key) ?? [])
        if (entry.before !== undefined) found.set(each, entry.before);
      open.delete(entry.key);
      if (entry.type === "put") last.set(entry.key, entry.after);
      else last.delete(entry.key);
    }
  }
  const keys = [...open.keys()];
  for (let at = 0; at < keys.length; at += STEP) {
    for (const item of await itemsOf(system, keys.slice(at, at + STEP))) {
      const { key, revision, topics, subscribers, global, owner } = item;
      for (const index of open.get(key) ?? [])
        if (revision <= (entries[index]?.position ?? 0))
          found.set(index, { topics, subscribers, global, owner });
    }
  }
  return found;
}
