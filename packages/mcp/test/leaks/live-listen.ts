import type { McpSubscription } from "@modelcontextprotocol/client";
import type { Random } from "@syntha/testing-random";
import { barrierOf, isBarrier } from "./oracle.ts";
import type { Leak, Reader } from "./reader.ts";
import { itemUri, type Targets, topicUri } from "./surfaces.ts";

/** URIs that one listen names. */
const NAMED = 30;

/** What a URI of a filter is about. */
interface Named {
  readonly item?: string;
  readonly topic?: string;
}

/**
 * An open listen of an agent, for items and topics of both tenants, seen and unseen. A notification of an item has to be about
 * one that the agent saw in the same epoch. One of a topic may be about more than what changed, and come a little late: the
 * agent must have seen any change in this epoch or the one before, and may know the topic.
 */
export class LiveListen {
  readonly #reader: Reader;
  readonly #onLeak: (leak: Leak) => void;
  #subscription: McpSubscription | undefined;
  #uris = new Map<string, Named>();
  #notified: string[] = [];
  #wake: (() => void) | undefined;
  notifications = 0;

  constructor(reader: Reader, onLeak: (leak: Leak) => void) {
    this.#reader = reader;
    this.#onLeak = onLeak;
    reader.client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
      this.notifications++;
      this.#notified.push(params.uri);
      this.#wake?.();
    });
  }

  static isServed({ era, client }: Reader): boolean {
    return era === "modern" && client.getServerCapabilities()?.resources?.subscribe === true;
  }

  /** Listens again, to other URIs. */
  async open({ keys, topics }: Targets, random: Random): Promise<void> {
    await this.close();
    const barrier = barrierOf(this.#reader.agent);
    const items = [barrier, ...Array.from({ length: NAMED }, () => random.pick(keys))];
    this.#uris = new Map<string, Named>([
      ...items.map((item): [string, Named] => [itemUri(item), { item }]),
      ...topics.map((topic): [string, Named] => [topicUri(topic), { topic }]),
      ["syntha://agents", {}],
      ["syntha://changes", {}],
    ]);
    this.#subscription = await this.#reader.client.listen({
      resourcesListChanged: true,
      resourceSubscriptions: [...this.#uris.keys()],
    });
    // The server knows no items yet: the first barrier is a change that may be one of any topic.
    this.#reader.oracle.sights.get(this.#reader.agent)!.changes = [true, true];
  }

  /** Waits until all notifications of the epoch are here, and checks them. */
  async endEpoch(): Promise<void> {
    const { agent, oracle } = this.#reader;
    const barrier = barrierOf(agent);
    await oracle.mesh.system.push(barrier, Math.random());
    const uri = itemUri(barrier);
    // What comes before its notification is of the epoch.
    while (!this.#notified.includes(uri)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = undefined;
    const { itemsOfEpoch, changes } = oracle.sights.get(agent)!;
    for (const notified of this.#notified.splice(0)) {
      const { item, topic } = this.#uris.get(notified) ?? { item: notified, topic: undefined };
      const isKnown =
        item !== undefined
          ? itemsOfEpoch.has(item) || isBarrier(item)
          : topic === undefined || (changes.includes(true) && oracle.mayKnow(agent, topic));
      if (isKnown) continue;
      this.#onLeak({ agent, marker: item ?? topic ?? "", during: "listen", received: notified });
    }
    oracle.startEpoch(agent);
  }

  async close(): Promise<void> {
    await this.#subscription?.close();
    this.#subscription = undefined;
    this.#notified = [];
  }
}
