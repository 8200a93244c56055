import type { ContextMesh, Item } from "@syntha/core";
import type { Markers } from "./markers.ts";

/** A route, with the agent that owns what has it. */
interface Routed {
  readonly topics: readonly string[];
  readonly subscribers: readonly string[];
  readonly global: boolean;
  readonly owner: string | undefined;
}

/** An event, as it was published. */
interface PublishedEvent extends Routed {
  topics: readonly string[];
  readonly markers: ReadonlySet<string>;
}

interface Rights {
  readonly subscriptions: ReadonlySet<string>;
  /** Undefined if it may use all topics. */
  readonly usable: ReadonlySet<string> | undefined;
}

/** What an agent sees now, and has ever seen. */
export interface Sight {
  /** Revisions of the visible items, by key. */
  items: ReadonlyMap<string, number>;
  /** Keys of items that it saw at some time since the last epoch began, even if only for one change. */
  readonly itemsOfEpoch: Set<string>;
  /** Whether it saw a change in the epoch before, and in this one. */
  changes: readonly [before: boolean, now: boolean];
  /** Markers that stood in anything that it could read at some time. */
  readonly ever: Set<string>;
}

/**
 * Knows what each agent of a tenant may receive, from what the system sees: the items with their routes, the subscriptions
 * and the permissions. It applies the rule of visibility itself.
 */
export class Oracle {
  readonly mesh: ContextMesh;
  readonly sights: ReadonlyMap<string, Sight>;
  readonly #markers: Markers;
  readonly #names = new Set<string>();
  readonly #topicNames: readonly string[];
  readonly #events: PublishedEvent[] = [];
  readonly #eventsOf = new Map<string, PublishedEvent[]>();
  #items: readonly Item[] = [];
  #itemsOf = new Map<string, Item[]>();
  #rights = new Map<string, Rights>();

  constructor(
    mesh: ContextMesh,
    agents: readonly string[],
    topics: readonly string[],
    markers: Markers,
  ) {
    this.mesh = mesh;
    this.#markers = markers;
    this.#topicNames = topics;
    this.addNames(agents.join(" "));
    this.sights = new Map(
      agents.map((agent) => [
        agent,
        {
          items: new Map(),
          itemsOfEpoch: new Set(),
          changes: [false, false],
          ever: new Set<string>(),
        },
      ]),
    );
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** Every agent of the tenant may read these: names and cards of agents. */
  addNames(text: string): void {
    for (const marker of this.#markers.find(text)) this.#names.add(marker);
  }

  /** What these agents could see between two looks. */
  addBrief(text: string, agents: readonly string[]): void {
    for (const agent of agents)
      for (const marker of this.#markers.find(text)) this.sights.get(agent)?.ever.add(marker);
  }

  addEvent(text: string, route: Routed): void {
    const event = { ...route, markers: this.#markers.find(text) };
    this.#events.push(event);
    for (const marker of event.markers)
      this.#eventsOf.set(marker, [...(this.#eventsOf.get(marker) ?? []), event]);
    for (const [agent, sight] of this.sights) {
      if (!this.#sees(agent, event)) continue;
      noteChange(sight);
      for (const marker of event.markers) sight.ever.add(marker);
    }
  }

  /** Events lose a deleted topic, and stay. */
  deleteTopic(name: string): void {
    for (const event of this.#events) event.topics = event.topics.filter((topic) => topic !== name);
  }

  /** Reads what is true now, after each operation. */
  async refresh(): Promise<void> {
    const items: Item[] = [];
    for (let page: string | undefined; ;) {
      const listed = await this.mesh.system.list({ limit: 1_000, page });
      items.push(...listed.items);
      page = listed.nextPage;
      if (page === undefined) break;
    }
    const { agents } = await this.mesh.agents({ limit: 1_000 });
    this.#items = items;
    this.#itemsOf = new Map();
    for (const item of items) {
      for (const marker of this.#markersOf(item)) {
        const same = this.#itemsOf.get(marker);
        if (same === undefined) this.#itemsOf.set(marker, [item]);
        else same.push(item);
      }
    }
    const rights = this.#rights;
    this.#rights = new Map(
      agents.map(({ name, subscriptions, permissions }) => [
        name,
        { subscriptions: new Set(subscriptions), usable: usableOf(permissions, this.#topicNames) },
      ]),
    );
    for (const [agent, sight] of this.sights) this.#look(agent, sight, rights.get(agent));
  }

  /** @param isFeed whether it is about the past too: a feed of changes shows what the agent saw at their time */
  mayReceive(agent: string, marker: string, isFeed: boolean): boolean {
    if (isFeed && this.sights.get(agent)!.ever.has(marker)) return true;
    if (this.#names.has(marker)) return true;
    if (this.#itemsOf.get(marker)?.some((item) => this.#sees(agent, item))) return true;
    if (this.#eventsOf.get(marker)?.some((event) => this.#sees(agent, event))) return true;
    const topic = this.#topicNames.find((name) => name.includes(marker));
    return topic !== undefined && this.#mayUse(agent, topic);
  }

  /** Whether an agent may know, or may have known, that there is a topic. */
  mayKnow(agent: string, topic: string): boolean {
    return (
      this.#topicNames.includes(topic) &&
      [...this.#markers.find(topic)].every((marker) => this.mayReceive(agent, marker, true))
    );
  }

  /** Restarts collecting what {@link Sight} knows of an epoch. */
  startEpoch(agent: string): void {
    const sight = this.sights.get(agent)!;
    sight.changes = [sight.changes[1], false];
    sight.itemsOfEpoch.clear();
    for (const key of sight.items.keys()) sight.itemsOfEpoch.add(key);
  }

  #look(agent: string, sight: Sight, rightsBefore: Rights | undefined): void {
    const visible = this.#items.filter((item) => this.#sees(agent, item));
    const before = sight.items;
    sight.items = new Map(visible.map(({ key, revision }) => [key, revision]));
    for (const item of visible) {
      sight.itemsOfEpoch.add(item.key);
      if (before.get(item.key) !== item.revision && !isBarrier(item.key)) noteChange(sight);
      for (const marker of this.#markersOf(item)) sight.ever.add(marker);
    }
    for (const key of before.keys()) if (!sight.items.has(key)) noteChange(sight);
    const { subscriptions, usable } = this.#rights.get(agent) ?? NO_RIGHTS;
    for (const topic of this.#topicNames) {
      if (usable?.has(topic) ?? true)
        for (const marker of this.#markers.find(topic)) sight.ever.add(marker);
    }
    if (sameSet(subscriptions, rightsBefore?.subscriptions)) return;
    noteChange(sight);
    for (const event of this.#events)
      if (this.#sees(agent, event)) for (const marker of event.markers) sight.ever.add(marker);
  }

  readonly #known = new WeakMap<Item, ReadonlySet<string>>();

  #markersOf(item: Item): ReadonlySet<string> {
    const known = this.#known.get(item);
    if (known !== undefined) return known;
    const markers = this.#markers.find(JSON.stringify(item));
    this.#known.set(item, markers);
    return markers;
  }

  #mayUse(agent: string, topic: string): boolean {
    return this.#rights.get(agent)?.usable?.has(topic) ?? true;
  }

  /** The rule of visibility. */
  #sees(agent: string, { topics, subscribers, global, owner }: Routed): boolean {
    const subscriptions = this.#rights.get(agent)?.subscriptions;
    return (
      global ||
      owner === agent ||
      subscribers.includes(agent) ||
      topics.some((topic) => subscriptions?.has(topic) ?? false)
    );
  }
}

function noteChange(sight: Sight): void {
  sight.changes = [sight.changes[0], true];
}

/** Of the items that end an epoch, which are no change of it. */
const BARRIER = "barrier:";
export const barrierOf = (agent: string): string => `${BARRIER}${agent}`;
export const isBarrier = (key: string): boolean => key.startsWith(BARRIER);

const NO_RIGHTS: Rights = { subscriptions: new Set(), usable: undefined };

type Permissions = Awaited<ReturnType<ContextMesh["agents"]>>["agents"][number]["permissions"];

function usableOf(permissions: Permissions, topics: readonly string[]): Rights["usable"] {
  if (permissions === null) return undefined;
  const { post, subscribe } = permissions;
  return new Set(
    topics.filter((topic) =>
      [post, subscribe].some((allowed) => allowed === "*" || allowed.includes(topic)),
    ),
  );
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string> | undefined): boolean {
  return b !== undefined && a.size === b.size && [...a].every((each) => b.has(each));
}
