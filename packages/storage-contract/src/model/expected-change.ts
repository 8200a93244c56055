import { modelItemAndState } from "./item-text.ts";
import { byCodePoint, isVisibleTo, isExpired, timeOf } from "./visibility.ts";
import type {
  ModelState,
  ModelCommit,
  ModelItem,
  ModelAudience,
  ModelTenant,
  Actor,
} from "./state.ts";

/** The reader and options of a watch. */
export interface ModelWatchFilter {
  actor: Actor;
  topics: string[] | undefined;
  keys: string[] | undefined;
  prefix: string | undefined;
  types: string[] | undefined;
}

/** A change that a watch must emit, as text to compare. */
export interface ExpectedChange {
  /** Type, and key or event id: unique within a commit. */
  name: string;
  /** All its fields. */
  text: string;
}

/** Whether the watch shows an item by its key, or an event by its type. */
export function isInView(
  lens: ModelWatchFilter,
  thing: ModelAudience & ({ key: string } | { type: string }),
  holdings: ModelState,
): boolean {
  const selectsItems = lens.keys !== undefined || lens.prefix !== undefined;
  if ("key" in thing) {
    if (!selectsItems && lens.types !== undefined) return false;
    if (lens.keys && !lens.keys.includes(thing.key)) return false;
    if (!thing.key.startsWith(lens.prefix ?? "")) return false;
  } else if (lens.types ? !lens.types.includes(thing.type) : selectsItems) return false;
  if (lens.topics && !lens.topics.some((topic) => thing.topics.includes(topic))) return false;
  return isVisibleTo(lens.actor, thing, holdings);
}

/** R12: what a watch emits for one commit, given the tenant's current state. */
export function expectedChanges(
  tenant: ModelTenant,
  lens: ModelWatchFilter,
  commit: ModelCommit,
  clock: number,
): ExpectedChange[] {
  const before = tenant.statesByPosition[commit.position - 1] as ModelState;
  const after = tenant.statesByPosition[commit.position] as ModelState;
  const now = timeOf(tenant, clock);
  const changes: ExpectedChange[] = [];
  const add = (name: string, text = name): void => void changes.push({ name, text });
  for (const entry of commit.entries) {
    switch (entry.type) {
      case "put": {
        const item = entry.after;
        if (isInView(lens, item, after)) {
          if (isDisclosable(tenant, lens, item, commit.position, now))
            add(`put ${item.key}`, `put ${modelItemAndState(item, now)}`);
        } else if (entry.before && isInView(lens, entry.before, before)) {
          add(`hide ${item.key}`);
        }
        break;
      }
      case "delete":
      case "expire":
        if (isInView(lens, entry.before, before)) add(`${entry.type} ${entry.before.key}`);
        break;
      case "event": {
        const event = tenant.events.find(({ id }) => id === entry.id);
        if (event && isInView(lens, event, after) && isInView(lens, event, tenant))
          add(`event ${event.id}`, `event ${JSON.stringify([event.type, event.data])}`);
        break;
      }
      case "subscribe":
      case "unsubscribe": {
        if (entry.agent !== lens.actor) break;
        for (const item of [...after.items].sort((a, b) => byCodePoint(a.key, b.key))) {
          const [was, is] = [before, after].map((side) => isInView(lens, item, side));
          if (was && !is) add(`hide ${item.key}`);
          if (was || !is) continue;
          const current = unchangedItem(tenant, item, now);
          if (current && isInView(lens, current, tenant))
            add(`put ${item.key}`, `put ${modelItemAndState(current, now)}`);
        }
        break;
      }
      case "lease":
      case "setPermissions":
      case "topicDeleted":
    }
  }
  return changes;
}

/** What a watch with `initial` emits before `ready`. */
export function expectedListing(
  tenant: ModelTenant,
  lens: ModelWatchFilter,
  position: number,
  clock: number,
): ExpectedChange[] {
  const now = timeOf(tenant, clock);
  const then = tenant.statesByPosition[position] as ModelState;
  return tenant.items
    .filter((item) => item.revision <= position && !isExpired(item, now))
    .filter((item) => isInView(lens, item, then) && isInView(lens, item, tenant))
    .map((item) => ({ name: `put ${item.key}`, text: `put ${modelItemAndState(item, now)}` }));
}

/** Whether a value written at a position may still be emitted, by R1 and R8 as of now. */
function isDisclosable(
  tenant: ModelTenant,
  lens: ModelWatchFilter,
  item: ModelItem,
  position: number,
  now: number,
): boolean {
  const expiredSince = tenant.commits.some(
    (commit) =>
      commit.position > position &&
      commit.entries.some((entry) => entry.type === "expire" && entry.before.key === item.key),
  );
  if (expiredSince) return false;
  const current = tenant.items.find(({ key }) => key === item.key);
  if (current && isExpired(current, now)) return false;
  return isInView(lens, current ?? itemAtDeletion(tenant, item.key) ?? item, tenant);
}

/** The item as it was before its last deletion. */
function itemAtDeletion(tenant: ModelTenant, key: string): ModelItem | undefined {
  const deletions = tenant.commits
    .flatMap(({ entries }) => entries)
    .flatMap((entry) =>
      entry.type === "delete" && entry.before.key === key ? [entry.before] : [],
    );
  return deletions.at(-1);
}

/** The current item, unless it was written since. */
function unchangedItem(tenant: ModelTenant, item: ModelItem, now: number): ModelItem | undefined {
  return tenant.items.find(
    ({ key, revision, expiresAt }) =>
      key === item.key && revision === item.revision && !isExpired({ expiresAt }, now),
  );
}
