import type { Unsubscribe } from "../concurrency/keyed-listeners.ts";
import { type Cursor, toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import { PageSize } from "../storage/page-size.ts";
import type { StorageHandle } from "./storage-handle.ts";
import { TailPage } from "./tail-page.ts";

/** Log entries of one page. */
const FIRST_PAGE = 64;
const LARGEST_PAGE = 256;

/**
 * The end of the log, as the watches of one mesh read it: watches that read at the same position at the same time share
 * the read, so a thousand idle watches cost as much as one.
 */
export class LogTail {
  readonly #storage: StorageHandle;
  readonly #watches = new Set<() => void>();
  readonly #pages = new Map<Cursor, Promise<TailPage>>();
  /** Cursors of positions: watches that read the same page go on from the same object. */
  readonly #cursors = new WeakMap<LogPosition, Cursor>();
  readonly #size = new PageSize(FIRST_PAGE, LARGEST_PAGE);
  #unsubscribe: Unsubscribe | undefined;

  constructor(storage: StorageHandle) {
    this.#storage = storage;
  }

  /** Calls `wake` when there may be new entries. */
  join(wake: () => void): Unsubscribe {
    this.#watches.add(wake);
    this.#unsubscribe ??= this.#storage.onCommit(() => this.#notify());
    return () => {
      this.#watches.delete(wake);
      if (this.#watches.size > 0) return;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#pages.clear();
    };
  }

  read(after: LogPosition): Promise<TailPage> {
    let cursor = this.#cursors.get(after);
    if (cursor === undefined) this.#cursors.set(after, (cursor = toCursor(after)));
    const shared = this.#pages.get(cursor);
    if (shared !== undefined) return shared;
    // Shared only while it is in flight: a later reader may no longer see what an earlier page holds.
    const page = this.readAlone(after).finally(() => {
      if (this.#pages.get(cursor) === page) this.#pages.delete(cursor);
    });
    this.#pages.set(cursor, page);
    return page;
  }

  /** A read that is not shared. */
  async readAlone(after: LogPosition): Promise<TailPage> {
    const storage = await this.#storage.ready();
    const page = await storage.log(this.#storage.tenantId, { after, limit: this.#size.limit });
    this.#size.noteEntries(page.entries);
    return new TailPage(page);
  }

  #notify(): void {
    this.#pages.clear();
    for (const wake of this.#watches) wake();
  }
}
