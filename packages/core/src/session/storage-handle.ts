import { InFlightCounter } from "../concurrency/in-flight-counter.ts";
import type { Unsubscribe } from "../concurrency/keyed-listeners.ts";
import { decide } from "../decide/decide.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { Commit } from "../storage/operation.ts";
import type { Outcome } from "../storage/outcome.ts";
import type { Storage, StorageSupport } from "../storage/storage.ts";
import { acquireStorage, releaseStorage } from "./storage-references.ts";

/**
 * One mesh's reference to its storage, which other meshes may use too. Its states:
 *
 * - idle: the first call opens the storage;
 * - opening: calls wait; if it fails, they reject and the handle is idle again;
 * - open: calls go straight to the storage; {@link suspend} makes the handle idle;
 * - closing: new calls are refused, and watches, workers and commits in flight end;
 * - closed: commits are refused too.
 */
export class StorageHandle {
  readonly tenantId: string;
  /** Watches, workers and housekeeping: the storage stays open until they have ended. */
  readonly tasks = new InFlightCounter();
  /** Called for each use by a caller; housekeeping is none. */
  onUse: (() => void) | undefined;
  readonly #storage: Storage;
  readonly #onOpen: () => void;
  readonly #closing = new AbortController();
  /** Reads that precede every commit requested after them. */
  readonly #barriers = new Set<() => Promise<unknown>>();
  #opening: Promise<void> | undefined;
  #isOpen = false;
  #isClosing = false;
  #isClosed = false;

  /** @param onOpen Called each time that the handle has opened. */
  constructor(tenantId: string, storage: Storage, onOpen: () => void) {
    this.tenantId = tenantId;
    this.#storage = storage;
    this.#onOpen = onOpen;
  }

  get traits(): Storage["traits"] {
    return this.#storage.traits;
  }

  get supports(): StorageSupport {
    return this.#storage.supports;
  }

  /** Aborts when the mesh starts to close. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** The storage, open, for a caller. @throws CLOSED */
  ready(): Storage | Promise<Storage> {
    this.onUse?.();
    return this.open();
  }

  /** The storage, open; does not count as a use. @throws CLOSED */
  open(): Storage | Promise<Storage> {
    this.checkOpen();
    return this.#isOpen ? this.#storage : this.#open().then(() => this.#storage);
  }

  commit(commits: readonly Commit[]): Promise<readonly Outcome[]> {
    return this.#isOpen && this.#barriers.size === 0
      ? this.#storage.commit(this.tenantId, commits, decide)
      : this.#commitWhenReady(commits);
  }

  async #commitWhenReady(commits: readonly Commit[]): Promise<readonly Outcome[]> {
    await this.#open();
    await Promise.all([...this.#barriers].map((attempt) => attempt()));
    return this.#storage.commit(this.tenantId, commits, decide);
  }

  onCommit(listener: () => void): Unsubscribe {
    return this.#storage.onCommit(this.tenantId, listener);
  }

  /**
   * Holds back commits requested from now on until `read` succeeds: a commit that comes while it fails makes another
   * attempt, and is refused with its error when that fails too.
   * @param run makes the attempts, and decides when to give up
   */
  async readBeforeCommits<T>(
    read: () => Promise<T>,
    run: (attempt: () => Promise<T>) => Promise<T> = (attempt) => attempt(),
  ): Promise<T> {
    let reading: Promise<T> | undefined;
    const attempt = (): Promise<T> => {
      reading ??= read().catch((error: unknown) => {
        reading = undefined;
        throw error;
      });
      return reading;
    };
    this.#barriers.add(attempt);
    try {
      return await run(attempt);
    } finally {
      this.#barriers.delete(attempt);
    }
  }

  /** Whether a watch, a worker, housekeeping, a read that precedes commits, or the opening is in progress. */
  get isBusy(): boolean {
    const isOpening = this.#opening !== undefined && !this.#isOpen;
    return isOpening || this.tasks.count > 0 || this.#barriers.size > 0;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws CLOSED from the start of closing on */
  checkOpen(): void {
    if (this.#isClosing) throw this.closedError();
  }

  closedError(): SynthaError {
    return new SynthaError("CLOSED", `The mesh of "${this.tenantId}" is closed.`, {
      hint: "Create another ContextMesh, or close this one later.",
    });
  }

  /** Releases the storage; the next call opens it again. Something else must keep it open meanwhile. */
  async suspend(): Promise<void> {
    if (!this.#isOpen || this.#isClosing) return;
    this.#isOpen = false;
    this.#opening = undefined;
    await releaseStorage(this.#storage);
  }

  startClosing(): void {
    this.#isClosing = true;
    this.#closing.abort();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const isOpen = await this.#opening?.then(
      () => true,
      () => false,
    );
    if (isOpen) await releaseStorage(this.#storage);
  }

  #open(): Promise<void> {
    this.#opening ??= acquireStorage(this.#storage).then(
      () => {
        this.#isOpen = true;
        this.#onOpen();
      },
      (error: unknown) => {
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }
}
