import { setTimeout as pause } from "node:timers/promises";
import { type Cursor, isSynthaError, type Watch, type WatchChange } from "@syntha/core";
import { createMesh } from "../harness/storage.ts";
import type { Run } from "../harness/run.ts";
import { LAST, type Script } from "./script.ts";

/** Follows one watch across reconnects, lags and compacted cursors, and verifies what it emits. */
export class Reader {
  received = 0;
  reconnects = 0;
  restarts = 0;
  lags = 0;
  /** Every change before this number was received. */
  position = 0;
  /** Whether the initial items were just received: the next change determines the position. */
  isRestarted = false;
  readonly started: Promise<void>;
  readonly #run: Run;
  readonly #script: Script;
  readonly #topic: string | undefined;
  readonly #reconnectEvery: number;
  readonly #reconnectTarget: number;
  /** Items visible at the position, with the numbers of their puts. */
  readonly #model = new Map<string, number>();
  /** The initial items received so far. */
  readonly #initial = new Map<string, number>();
  /** Items missing from the initial ones: a later change must explain each. */
  #unexplained = new Set<string>();
  #isInitial = false;
  #hasStarted = false;
  #resolveStarted!: () => void;

  constructor(
    run: Run,
    script: Script,
    topic: string | undefined,
    reconnects: number,
    changes: number,
  ) {
    this.#run = run;
    this.#script = script;
    this.#topic = topic;
    this.#reconnectTarget = reconnects;
    // A restart skips some changes, so reconnect more often than evenly spread.
    this.#reconnectEvery = Math.max(1, Math.floor((0.5 * changes) / (reconnects + 1)));
    this.started = new Promise((resolve) => (this.#resolveStarted = resolve));
  }

  follow(): Promise<void> {
    return this.#follow()
      .catch((error: unknown) => this.#run.breach(`${this.#name} ended: ${String(error)}`))
      .finally(this.#resolveStarted);
  }

  async #follow(): Promise<void> {
    let since: string | undefined;
    while (!this.#isDone && !this.#run.isBroken) {
      // As a separate process would: with a new storage and mesh.
      const mesh = createMesh(this.#run.database.storage());
      const reader = this.#topic === undefined ? mesh.system : mesh.agent(this.#topic);
      const isInitial = this.#isInitial && since === undefined;
      try {
        since = await this.#read(reader.watch(isInitial ? { initial: true } : { since }));
      } catch (error) {
        if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
        this.restarts++;
        since = undefined;
        this.#isInitial = true;
        this.isRestarted = false;
        this.#initial.clear();
      }
      await mesh.close();
    }
    const { size } = this.#unexplained;
    this.#run.expect(
      this.#run.isBroken || size === 0,
      () => `${this.#name}: ${size} changes missing`,
    );
  }

  /** Reads changes until the next reconnect; returns the cursor to resume from. */
  async #read(feed: Watch): Promise<Cursor | undefined> {
    const { random } = this.#run;
    let remaining =
      this.reconnects < this.#reconnectTarget
        ? 1 + random.below(2 * this.#reconnectEvery)
        : Infinity;
    if (!this.#hasStarted) await this.#waitForStart(feed);
    for await (const change of feed) {
      if (change.type === "lagged") {
        this.lags++;
        return change.cursor;
      }
      this.#receive(change);
      if (this.#isDone || this.#run.isBroken) return change.cursor;
      if (remaining-- > 0) continue;
      this.reconnects++;
      // Sometimes away until the log no longer contains the cursor.
      if (random.chance(0.1)) await pause(random.below(400));
      return change.cursor;
    }
    return feed.cursor;
  }

  async #waitForStart(feed: Watch): Promise<void> {
    while (feed.cursor === undefined) await pause(1);
    this.#hasStarted = true;
    this.#resolveStarted();
  }

  get #isDone(): boolean {
    return this.#script.isEnded && this.position >= this.#script.end;
  }

  get #name(): string {
    return `the watch of ${this.#topic ?? "everything"}`;
  }

  #receive(change: WatchChange): void {
    if (change.type === "ready") return this.#endInitial();
    const number = this.#numberOf(change);
    if (number === undefined)
      return this.#run.breach(`${this.#name}: an unexpected ${change.type}`);
    if (this.#isInitial) {
      if (change.type !== "put")
        return this.#run.breach(`${this.#name}: ${change.type} before ready`);
      const { key } = change.item;
      if (this.#initial.has(key)) this.#run.breach(`${this.#name}: ${key} received twice`);
      this.#initial.set(key, number);
      return;
    }
    if (this.isRestarted) this.#verifyInitial(number);
    const expected = this.#next();
    if (number !== expected) {
      const what = number < expected ? "twice or late" : `before ${expected}`;
      return this.#run.breach(`${this.#name}: received change ${number} ${what}`);
    }
    this.#advance(number + 1);
    this.received++;
  }

  /** All initial items have been received. */
  #endInitial(): void {
    this.#isInitial = false;
    this.isRestarted = true;
    const last = this.#initial.get(LAST);
    if (last !== undefined) this.#verifyInitial(last + 1);
  }

  /** Compares the initial items with those visible before a change. */
  #verifyInitial(number: number): void {
    this.isRestarted = false;
    if (number < this.position)
      return this.#run.breach(`${this.#name}: restarted at ${number}, before ${this.position}`);
    this.#advance(number);
    for (const [key, given] of this.#initial) {
      const expected = this.#model.get(key);
      if (expected !== given)
        this.#run.breach(`${this.#name}: received ${key}=${given}, expected ${expected}`);
    }
    this.#unexplained = new Set([...this.#model.keys()].filter((key) => !this.#initial.has(key)));
    this.#initial.clear();
  }

  /** The number of the next visible change. */
  #next(): number {
    let number = this.position;
    while (number < this.#script.end && !this.#isVisible(number)) number++;
    return number;
  }

  #advance(to: number): void {
    for (; this.position < to; this.position++) {
      if (!this.#isVisible(this.position)) continue;
      const written = this.#script.at(this.position);
      if (written.type === "event") continue;
      this.#unexplained.delete(written.key);
      if (written.type === "put") this.#model.set(written.key, this.position);
      else this.#model.delete(written.key);
    }
  }

  #isVisible(number: number): boolean {
    const { topic } = this.#script.at(number);
    return this.#topic === undefined || topic === undefined || topic === this.#topic;
  }

  #numberOf(change: WatchChange): number | undefined {
    switch (change.type) {
      case "put": {
        const number = change.item.value as number;
        const written = number < this.#script.end ? this.#script.at(number) : undefined;
        const isSame = written?.type === "put" && written.key === change.item.key;
        // A put older than the script was received before.
        return written === undefined || isSame ? number : undefined;
      }
      case "event":
        return change.event.data as number;
      case "delete":
        return this.#script.deletedAt(change.key);
      default:
        return undefined;
    }
  }
}
