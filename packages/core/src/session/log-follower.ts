import type { Unsubscribe } from "../concurrency/keyed-listeners.ts";
import { addTo, removeFrom } from "../concurrency/keyed-sets.ts";
import type { ConnectionMonitor } from "../connection/connection-monitor.ts";
import { Reconnector } from "../connection/reconnector.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import type { StoredChange } from "../log/change.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { Actor } from "../route/visibility.ts";
import type { LogTail } from "./log-tail.ts";
import type { StorageHandle } from "./storage-handle.ts";

/** A call that waits for a change of what its actor sees of a key. */
export interface Waiter {
  readonly actor: Actor;
  /** The item's key, and those of the items that it depends on: what they become is not logged for it. */
  keys: readonly string[];
  /** Called after commits that may have changed it. */
  wake(): void;
  /** Called with an error that does not pass by itself. */
  fail(error: unknown): void;
}

interface Run {
  /** Resolves when every later commit wakes the waiters that it may concern. */
  readonly started: Promise<void>;
  readonly stop: () => void;
}

/**
 * Reads the log once for all waiters of a mesh: a thousand of them cost as much as one. It only decides whom to wake;
 * each waiter then reads its item as its own actor. It reads as long as there is a waiter.
 */
export class LogFollower {
  readonly #storage: StorageHandle;
  readonly #logTail: LogTail;
  readonly #connection: ConnectionMonitor;
  readonly #byKey = new Map<string, Set<Waiter>>();
  readonly #byActor = new Map<Actor, Set<Waiter>>();
  #run: Run | undefined;

  constructor(storage: StorageHandle, logTail: LogTail, connection: ConnectionMonitor) {
    this.#storage = storage;
    this.#logTail = logTail;
    this.#connection = connection;
  }

  /** Resolves when every later commit that may concern the waiter wakes it. */
  join(waiter: Waiter): Promise<void> {
    addTo(this.#byActor, waiter.actor, waiter);
    for (const key of waiter.keys) addTo(this.#byKey, key, waiter);
    this.#run ??= this.#start();
    return this.#run.started;
  }

  /**
   * Changes the keys of a waiter that has joined. Returns whether there are new ones: then a commit may have changed the
   * item since it was read, without waking the waiter.
   */
  rekey(waiter: Waiter, keys: readonly string[]): boolean {
    const old = waiter.keys;
    waiter.keys = keys;
    for (const key of keys) addTo(this.#byKey, key, waiter);
    for (const key of old) if (!keys.includes(key)) removeFrom(this.#byKey, key, waiter);
    return keys.some((key) => !old.includes(key));
  }

  leave(waiter: Waiter): void {
    removeFrom(this.#byActor, waiter.actor, waiter);
    for (const key of waiter.keys) removeFrom(this.#byKey, key, waiter);
    if (this.#byActor.size > 0) return;
    this.#run?.stop();
    this.#run = undefined;
  }

  #start(): Run {
    const ended = new AbortController();
    const reconnector = new Reconnector(this.#connection, this.#storage.tenantId);
    const stop = (): void => {
      ended.abort();
      reconnector.stop();
    };
    const close = (): void => {
      stop();
      this.#fail(this.#storage.closedError());
    };
    this.#storage.closing.addEventListener("abort", close, { once: true, signal: ended.signal });
    const started = new Promise<void>((resolve) => {
      const follow = (): Promise<void> => this.#follow(reconnector, ended.signal, resolve);
      void this.#storage.tasks.run(follow).catch((error: unknown) => {
        resolve();
        if (ended.signal.aborted) return;
        stop();
        // The next waiter that joins starts another run.
        this.#run = undefined;
        this.#fail(error);
      });
    });
    return { started, stop };
  }

  async #follow(reconnector: Reconnector, ended: AbortSignal, onStart: () => void): Promise<void> {
    let hasCommit = false;
    let resume: () => void = () => undefined;
    const wake = (): void => {
      hasCommit = true;
      resume();
    };
    ended.addEventListener("abort", wake, { once: true });
    let leave: Unsubscribe | undefined;
    try {
      let position = await reconnector.read(() => this.#end());
      leave = this.#logTail.join(wake);
      // What was committed between the read of the end and the listener is read first.
      hasCommit = true;
      onStart();
      while (!ended.aborted) {
        if (!hasCommit)
          await new Promise<void>((resolve) => {
            resume = resolve;
          });
        hasCommit = false;
        if (!ended.aborted) position = await this.#read(position, reconnector);
      }
    } finally {
      leave?.();
    }
  }

  /** Wakes the waiters that entries after a position concern. Returns the log's end. */
  async #read(after: LogPosition, reconnector: Reconnector): Promise<LogPosition> {
    try {
      for (let position = after; ;) {
        const { page } = await reconnector.read(() => this.#logTail.read(position));
        for (const { change } of page.entries) this.#wake(change);
        position = page.end;
        if (page.isHead) return position;
      }
    } catch (error) {
      if (!isSynthaError(error, "CURSOR_COMPACTED") && !isSynthaError(error, "INVALID_CURSOR"))
        throw error;
      // Entries are missing, or the history is another one: every waiter reads its item again.
      const end = await reconnector.read(() => this.#end());
      for (const waiter of this.#all()) waiter.wake();
      return end;
    }
  }

  async #end(): Promise<LogPosition> {
    const storage = await this.#storage.ready();
    return (await storage.log(this.#storage.tenantId, { after: "end", limit: 1 })).end;
  }

  #wake(change: StoredChange): void {
    switch (change.type) {
      case "put":
      case "delete":
      case "expire":
      case "lease":
        for (const waiter of this.#byKey.get(change.key) ?? []) waiter.wake();
        return;
      case "subscribe":
      case "unsubscribe":
        for (const waiter of this.#byActor.get(change.agent) ?? []) waiter.wake();
        return;
      case "corrupt":
        for (const waiter of this.#all()) waiter.wake();
        return;
      default:
    }
  }

  #fail(error: unknown): void {
    for (const waiter of this.#all()) waiter.fail(error);
  }

  #all(): Waiter[] {
    return [...this.#byActor.values()].flatMap((waiters) => [...waiters]);
  }
}
