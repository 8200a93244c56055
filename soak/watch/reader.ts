import { setTimeout as pause } from "node:timers/promises";
import { type Cursor, isSynthaError, type Watch, type WatchChange } from "@syntha/core";
import { meshOn } from "../harness/mesh-on.ts";
import type { Run } from "../harness/run.ts";
import { LAST, type Script } from "./script.ts";

/** A user who follows one watch through whatever happens to it. */
export class Reader {
  told = 0;
  reconnects = 0;
  restarts = 0;
  lags = 0;
  /** All before this number was told. */
  position = 0;
  /** Whether it was just given what is visible, and the next change tells where it stands. */
  isAnew = false;
  readonly begun: Promise<void>;
  readonly #run: Run;
  readonly #script: Script;
  readonly #topic: string | undefined;
  readonly #every: number;
  readonly #due: number;
  /** Items that it sees, with the numbers of their puts, as they were at its position. */
  readonly #model = new Map<string, number>();
  /** Those that it was given as visible, while that lasts. */
  readonly #given = new Map<string, number>();
  /** What was visible and not given has changed since: it must still be told. */
  #owed = new Set<string>();
  #isInitial = false;
  #isKnownToBegin = false;
  #hasBegun!: () => void;

  constructor(run: Run, script: Script, topic: string | undefined, due: number, share: number) {
    this.#run = run;
    this.#script = script;
    this.#topic = topic;
    this.#due = due;
    // Starting anew skips some changes, so a little more often than they would last for.
    this.#every = Math.max(1, Math.floor((0.5 * share) / (due + 1)));
    this.begun = new Promise((resolve) => (this.#hasBegun = resolve));
  }

  follow(): Promise<void> {
    return this.#follow()
      .catch((error: unknown) => this.#run.breach(`${this.#name} ended: ${String(error)}`))
      .finally(this.#hasBegun);
  }

  async #follow(): Promise<void> {
    let since: string | undefined;
    while (!this.#isDone && !this.#run.isBroken) {
      // Each time as another process would: with a storage and a mesh of its own.
      const mesh = meshOn(this.#run.site.storage());
      const reader = this.#topic === undefined ? mesh.system : mesh.agent(this.#topic);
      const isInitial = this.#isInitial && since === undefined;
      try {
        since = await this.#take(reader.watch(isInitial ? { initial: true } : { since }));
      } catch (error) {
        if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
        this.restarts++;
        since = undefined;
        this.#isInitial = true;
        this.isAnew = false;
        this.#given.clear();
      }
      await mesh.close();
    }
    const { size } = this.#owed;
    this.#run.expect(this.#run.isBroken || size === 0, () => `${this.#name}: ${size} never told`);
  }

  /** Takes changes until it is cut off; gives the place to go on from. */
  async #take(feed: Watch): Promise<Cursor | undefined> {
    const { random } = this.#run;
    let left = this.reconnects < this.#due ? 1 + random.below(2 * this.#every) : Infinity;
    if (!this.#isKnownToBegin) await this.#standing(feed);
    for await (const change of feed) {
      if (change.type === "lagged") {
        this.lags++;
        return change.cursor;
      }
      this.#hear(change);
      if (this.#isDone || this.#run.isBroken) return change.cursor;
      if (left-- > 0) continue;
      this.reconnects++;
      // Sometimes away for so long that the log no longer reaches back.
      if (random.chance(0.1)) await pause(random.below(400));
      return change.cursor;
    }
    return feed.cursor;
  }

  async #standing(feed: Watch): Promise<void> {
    while (feed.cursor === undefined) await pause(1);
    this.#isKnownToBegin = true;
    this.#hasBegun();
  }

  get #isDone(): boolean {
    return this.#script.isEnded && this.position >= this.#script.end;
  }

  get #name(): string {
    return `the watch of ${this.#topic ?? "everything"}`;
  }

  #hear(change: WatchChange): void {
    if (change.type === "ready") return this.#standAnew();
    const number = this.#numberOf(change);
    if (number === undefined) return this.#run.breach(`${this.#name}: an odd ${change.type}`);
    if (this.#isInitial) {
      if (change.type !== "put") return this.#run.breach(`${this.#name}: no put before ready`);
      const { key } = change.item;
      if (this.#given.has(key)) this.#run.breach(`${this.#name}: ${key} given twice`);
      this.#given.set(key, number);
      return;
    }
    if (this.isAnew) this.#settle(number);
    const due = this.#next();
    if (number !== due) {
      const what = number < due ? "again or late" : `before ${due}`;
      return this.#run.breach(`${this.#name}: told change ${number} ${what}`);
    }
    this.#advance(number + 1);
    this.told++;
  }

  /** What was visible has been given. */
  #standAnew(): void {
    this.#isInitial = false;
    this.isAnew = true;
    const last = this.#given.get(LAST);
    if (last !== undefined) this.#settle(last + 1);
  }

  /** Compares what was given with what was visible before a change. */
  #settle(number: number): void {
    this.isAnew = false;
    if (number < this.position)
      return this.#run.breach(`${this.#name}: anew at ${number}, before ${this.position}`);
    this.#advance(number);
    for (const [key, given] of this.#given) {
      const is = this.#model.get(key);
      if (is !== given) this.#run.breach(`${this.#name}: given ${key}=${given}, it is ${is}`);
    }
    this.#owed = new Set([...this.#model.keys()].filter((key) => !this.#given.has(key)));
    this.#given.clear();
  }

  /** The number of the next change that it sees. */
  #next(): number {
    let number = this.position;
    while (number < this.#script.end && !this.#sees(number)) number++;
    return number;
  }

  #advance(to: number): void {
    for (; this.position < to; this.position++) {
      if (!this.#sees(this.position)) continue;
      const written = this.#script.at(this.position);
      if (written.type === "event") continue;
      this.#owed.delete(written.key);
      if (written.type === "put") this.#model.set(written.key, this.position);
      else this.#model.delete(written.key);
    }
  }

  #sees(number: number): boolean {
    const { topic } = this.#script.at(number);
    return this.#topic === undefined || topic === undefined || topic === this.#topic;
  }

  #numberOf(change: WatchChange): number | undefined {
    switch (change.type) {
      case "put": {
        const number = change.item.value as number;
        const written = number < this.#script.end ? this.#script.at(number) : undefined;
        const isSame = written?.type === "put" && written.key === change.item.key;
        // What is older than anything that is remembered was told long ago.
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
