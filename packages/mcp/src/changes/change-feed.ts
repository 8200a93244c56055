import type { ServerEvent } from "@modelcontextprotocol/server";
import {
  type AgentContext,
  type Cursor,
  isSynthaError,
  type Watch,
  type WatchChange,
} from "@syntha/core";
import { exponentialDelay, jittered, macrotask, systemPause } from "@syntha/core/storage";
import { CHANGES_URI, itemUri, topicUri } from "../resources/resource-uri.ts";
import { KnownItems } from "./known-items.ts";
import { resourcesListChanged, resourceUpdated } from "./resource-event.ts";

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

/** Names in one read of a listing. */
const LISTING = 1_000;

/** What is due at the end of the current macrotask. */
interface Due {
  /** Any topic may have lost an item. */
  topics: boolean;
  /** Any item may have changed. */
  items: boolean;
}

/** Where a feed reports to. */
export interface FeedOutput {
  readonly publish: (event: ServerEvent) => void;
  readonly onError: (error: Error) => void;
  /** The mesh is closed: nothing follows. */
  readonly onEnd: () => void;
}

/**
 * Watches the mesh as one agent, and publishes what changes as events of the protocol. Its states:
 *
 * - starting: reads the log's end, so that each later commit is reported; retries while the storage is unreachable;
 * - following: an outage does not end the watch, which reports what it missed. A watch that dropped changes is replaced by
 *   one from the cursor before them;
 * - interrupted: the watch has ended with an error. The feed starts over, from the same cursor if the log still has what
 *   follows. Otherwise it reports that everything visible may have changed;
 * - ended: by its signal, or by the mesh, which it reports as a change of everything.
 */
export class ChangeFeed {
  /** Resolves once each later commit is reported, or at the first failure. */
  readonly started: Promise<void>;
  readonly #agent: AgentContext;
  readonly #output: FeedOutput;
  readonly #signal: AbortSignal;
  readonly #items = new KnownItems();
  /** The position that has been reported up to. */
  #cursor: Cursor | undefined;
  /** Whether the log no longer has what follows it. */
  #isCompacted = false;
  /** In a row. */
  #failures = 0;
  #due: Due | undefined;
  #isPublishing = false;
  #onStart!: () => void;

  constructor(agent: AgentContext, output: FeedOutput, signal: AbortSignal) {
    this.#agent = agent;
    this.#output = output;
    this.#signal = signal;
    this.started = new Promise((resolve) => {
      this.#onStart = resolve;
    });
    void this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        const since = await this.#start();
        this.#onStart();
        if (!(await this.#follow(since))) break;
      } catch (error) {
        this.#onStart();
        if (this.#signal.aborted || isSynthaError(error, "CLOSED")) break;
        this.#isCompacted ||=
          isSynthaError(error, "CURSOR_COMPACTED") || isSynthaError(error, "INVALID_CURSOR");
        this.#output.onError(error as Error);
        await this.#pause(this.#failures++);
      }
    }
    this.#onStart();
    if (this.#signal.aborted) return;
    if (this.#cursor !== undefined) this.#reportGap(this.#cursor);
    this.#output.onEnd();
  }

  /** Where to follow from. Reports that all may have changed if nothing is known about what came before. */
  async #start(): Promise<Cursor> {
    if (this.#cursor !== undefined && !this.#isCompacted) return this.#cursor;
    const { cursor } = await this.#agent.changes();
    this.#cursor = cursor;
    this.#isCompacted = false;
    if (this.#failures > 0) this.#reportGap(cursor, { topics: true, items: true });
    return cursor;
  }

  /** Returns true if the watch dropped changes: follow on from the cursor; false if it has ended. */
  async #follow(since: Cursor): Promise<boolean> {
    const watch: Watch = this.#agent.watch({
      since,
      signal: this.#signal,
      onConnectionChange: ({ status }) => {
        if (status === "reconnected") this.#reportGap(watch.cursor ?? since);
      },
    });
    for await (const change of watch) {
      this.#cursor = change.cursor;
      if (this.#signal.aborted) return false;
      if (change.type === "lagged") {
        this.#reportGap(change.cursor);
        return true;
      }
      if (change.type !== "ready") this.#report(change);
    }
    return false;
  }

  #report(change: Exclude<WatchChange, { type: "ready" | "lagged" }>): void {
    const { cursor } = change;
    this.#failures = 0;
    switch (change.type) {
      case "put":
        this.#reportPut(change.item, cursor);
        break;
      case "hide":
      case "delete":
      case "expire": {
        const topics = this.#items.set(change.key, null);
        this.#updated(itemUri(change.key), cursor);
        for (const topic of topics ?? []) this.#updated(topicUri(topic), cursor);
        this.#listChanged({ topics: topics === undefined });
        break;
      }
      case "corrupt":
        if (change.key !== undefined) this.#updated(itemUri(change.key), cursor);
        this.#listChanged({ topics: true, items: change.key === undefined });
        break;
      case "event":
        break;
    }
    this.#updated(CHANGES_URI, cursor);
  }

  #reportPut(
    { key, topics, createdAt, updatedAt }: Extract<WatchChange, { type: "put" }>["item"],
    cursor: Cursor,
  ): void {
    const before = this.#items.set(key, topics);
    this.#updated(itemUri(key), cursor);
    for (const topic of new Set([...topics, ...(before ?? [])]))
      this.#updated(topicUri(topic), cursor);
    // One that is not known and was written before may have been visible, under other topics.
    if (!before) this.#listChanged({ topics: before === undefined && createdAt < updatedAt });
  }

  /** Says that changes may have been missed since a cursor. */
  #reportGap(cursor: Cursor, due: Partial<Due> = {}): void {
    this.#updated(CHANGES_URI, cursor);
    this.#publish(resourcesListChanged(cursor));
    if (due.items || due.topics) this.#listChanged(due);
  }

  /** Says once for all changes of this macrotask that items appeared or went. */
  #listChanged({ topics = false, items = false }: Partial<Due>): void {
    const { topics: hasTopics = false, items: hasItems = false } = this.#due ?? {};
    this.#due = { topics: hasTopics || topics, items: hasItems || items };
    if (!this.#isPublishing) void this.#publishDue();
  }

  async #publishDue(): Promise<void> {
    this.#isPublishing = true;
    for (let failures = 0; this.#due !== undefined && !this.#signal.aborted;) {
      await macrotask();
      const { topics, items } = this.#due;
      this.#due = undefined;
      try {
        const uris = [
          ...(items ? await this.#itemUris() : []),
          ...(topics ? await this.#topicUris() : []),
        ];
        const cursor = this.#cursor as Cursor;
        for (const uri of uris) this.#updated(uri, cursor);
        this.#publish(resourcesListChanged(cursor));
        failures = 0;
      } catch (error) {
        if (isSynthaError(error, "CLOSED")) break;
        this.#listChanged({ topics, items });
        await this.#pause(failures++);
      }
    }
    this.#isPublishing = false;
  }

  /** Of every topic that may have held an item that this agent saw. */
  async #topicUris(): Promise<readonly string[]> {
    const subscribed = await this.#agent.subscriptions();
    const { topics } = await this.#agent.topics({ limit: LISTING });
    const names = new Set([
      ...this.#items.topics,
      ...subscribed,
      ...topics.map(({ name }) => name),
    ]);
    return [...names].map((name) => topicUri(name));
  }

  /** Of every item that this agent sees, and of those that it saw lately. */
  async #itemUris(): Promise<readonly string[]> {
    const keys = new Set(this.#items.keys);
    for (let page: string | undefined; ;) {
      const listing = await this.#agent.list({ values: false, limit: LISTING, page });
      for (const { key } of listing.items) keys.add(key);
      page = listing.nextPage;
      if (page === undefined) return [...keys].map(itemUri);
    }
  }

  #updated(uri: string, cursor: Cursor): void {
    this.#publish(resourceUpdated(uri, cursor));
  }

  #publish(event: ServerEvent): void {
    if (!this.#signal.aborted) this.#output.publish(event);
  }

  #pause(failures: number): Promise<void> {
    const delay = exponentialDelay(failures, FIRST_RETRY_MS, LONGEST_RETRY_MS);
    return systemPause(jittered(delay), this.#signal);
  }
}
