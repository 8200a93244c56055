import {
  InMemoryServerEventBus,
  type ServerEvent,
  type ServerEventBus,
} from "@modelcontextprotocol/server";
import type { AgentContext } from "@syntha/core";
import { ChangeFeed } from "./change-feed.ts";
import { withoutThrowing } from "./error-listener.ts";
import { Spellings } from "./spellings.ts";

/**
 * The changes that one agent sees, as events for `subscriptions/listen`. The first listener starts a watch of the mesh, and
 * the last one ends it. Never share it between agents: its events reveal that items have changed.
 *
 * Events: `resource_updated` for an item, for the topics under which the agent sees or saw it, and for `syntha://changes`,
 * which also stands for the agent's events; `resources_list_changed` when items appear or go, once for those that change
 * together. Each carries a cursor (see {@link CURSOR_META_KEY}).
 */
export class ChangeBus implements ServerEventBus {
  readonly #agent: AgentContext;
  readonly #onError: (error: Error) => void;
  readonly #listeners: InMemoryServerEventBus;
  /** Under which events of resources are published as well. */
  readonly spellings = new Spellings();
  /** Called once the mesh is closed, after which nothing is published. */
  onEnd: () => void = () => {};
  #holds = 0;
  #feed: { readonly feed: ChangeFeed; readonly stop: AbortController } | undefined;

  constructor(agent: AgentContext, onError: (error: Error) => void = () => {}) {
    this.#agent = agent;
    this.#onError = withoutThrowing(onError);
    this.#listeners = new InMemoryServerEventBus(this.#onError);
  }

  /** Whether it watches the mesh. */
  get isActive(): boolean {
    return this.#feed !== undefined;
  }

  /** @param event of a resource by its canonical URI */
  publish(event: ServerEvent): void {
    if (event.kind !== "resource_updated") return this.#listeners.publish(event);
    for (const uri of this.spellings.of(event.uri)) this.#listeners.publish({ ...event, uri });
  }

  subscribe(listener: (event: ServerEvent) => void): () => void {
    const unsubscribe = this.#listeners.subscribe(listener);
    const { release } = this.#hold();
    return () => {
      unsubscribe();
      release();
    };
  }

  /**
   * Watches the mesh until the returned function is called. Once this resolves, listeners receive every later change, also
   * of other processes: await it before a listen is acknowledged. It also resolves during an outage of the storage, after
   * which it publishes that anything may have changed.
   *
   * @example
   * ```ts
   * const release = await server.bus.start();
   * try {
   *   return await handler.fetch(request); // a `subscriptions/listen`, which subscribes
   * } finally {
   *   release();
   * }
   * ```
   */
  async start(): Promise<() => void> {
    const { feed, release } = this.#hold();
    await feed.started;
    return release;
  }

  #hold(): { readonly feed: ChangeFeed; readonly release: () => void } {
    this.#holds++;
    this.#feed ??= this.#startFeed();
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      if (--this.#holds > 0) return;
      this.#feed?.stop.abort();
      this.#feed = undefined;
    };
    return { feed: this.#feed.feed, release };
  }

  #startFeed(): { readonly feed: ChangeFeed; readonly stop: AbortController } {
    const stop = new AbortController();
    const output = {
      publish: (event: ServerEvent) => this.publish(event),
      onError: this.#onError,
      onEnd: () => this.onEnd(),
    };
    return { feed: new ChangeFeed(this.#agent, output, stop.signal), stop };
  }
}
