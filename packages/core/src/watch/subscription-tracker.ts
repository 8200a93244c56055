import type { LogEntry } from "../log/change.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { Actor } from "../route/visibility.ts";
import type { TailPage } from "../session/tail-page.ts";
import {
  type CommitSubscriptions,
  mayChangeSubscriptions,
  restOfCommit,
  type Subscribed,
  subscribedAfter,
} from "./commit-subscriptions.ts";
import type { LogReader } from "./log-reader.ts";

const NO_TOPICS: Subscribed = new Set();

/** The subscriptions of a watch's agent around the commit that it reads. */
export class SubscriptionTracker {
  readonly #actor: Actor;
  readonly #log: LogReader;
  #around: CommitSubscriptions = { position: -1, before: NO_TOPICS, after: NO_TOPICS };

  constructor(actor: Actor, log: LogReader) {
    this.#actor = actor;
    this.#log = log;
  }

  get around(): CommitSubscriptions {
    return this.#around;
  }

  async start({ position, done }: LogPosition): Promise<void> {
    const after = await this.#log.subscribedAt(position);
    const before = done === "all" ? after : await this.#log.subscribedAt(position - 1);
    this.#around = { position, before, after };
  }

  /** Continues with the entry at an index of a page, the next in log order. */
  advance({ page, changesSubscriptions }: TailPage, at: number): void {
    const { position } = page.entries[at] as LogEntry;
    if (position === this.#around.position) return;
    const before = this.#around.after;
    const after = changesSubscriptions
      ? subscribedAfter(this.#actor, before, restOfCommit(page.entries, at))
      : before;
    this.#around = { position, before, after };
  }

  /** Reads what a damaged entry of the commit does not say. */
  async reread(): Promise<void> {
    const { position, before } = this.#around;
    this.#around = { position, before, after: await this.#log.subscribedAt(position) };
  }

  /** Subscriptions at the snapshot of a page: those after its last entry, if it reaches the head undamaged. */
  at({ page, changesSubscriptions }: TailPage): Subscribed | Promise<Subscribed> {
    const { isHead, entries } = page;
    if (!isHead) return this.#log.subscribedAt();
    if (!changesSubscriptions) return this.#around.after;
    return entries.some(({ change }) => mayChangeSubscriptions(change))
      ? this.#log.subscribedAt()
      : subscribedAfter(this.#actor, this.#around.after, entries);
  }
}
