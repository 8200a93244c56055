import { toCursor } from "../log/cursor.ts";
import type { LogPosition } from "../log/log-position.ts";
import { PageSize } from "../storage/page-size.ts";
import type { LogPage } from "../storage/query.ts";
import type { Session } from "./session.ts";

/** Log entries read at once. */
const FIRST_PAGE = 64;
const LARGEST_PAGE = 256;

/**
 * The log's end as the watches of one mesh read it: whoever asks for the same place at the same time shares one
 * read, so a thousand idle watches cost what one costs.
 */
export class LogTail {
  readonly #session: Session;
  readonly #watches = new Set<() => void>();
  readonly #pages = new Map<string, Promise<LogPage>>();
  readonly #size = new PageSize(FIRST_PAGE, LARGEST_PAGE);
  #unsubscribe: (() => void) | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Calls `wake` when there may be news. Returns how to stop that. */
  join(wake: () => void): () => void {
    this.#watches.add(wake);
    this.#unsubscribe ??= this.#session.storage.onCommit(this.#session.tenantId, () =>
      this.#notify(),
    );
    return () => {
      this.#watches.delete(wake);
      if (this.#watches.size > 0) return;
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
      this.#pages.clear();
    };
  }

  read(after: LogPosition): Promise<LogPage> {
    const name = toCursor(after);
    const known = this.#pages.get(name);
    if (known !== undefined) return known;
    // Shared while it is under way, and kept by nobody: who may see its values is told by its own moment only.
    const page = this.readNow(after).finally(() => {
      if (this.#pages.get(name) === page) this.#pages.delete(name);
    });
    this.#pages.set(name, page);
    return page;
  }

  /** A read that nobody shares. */
  async readNow(after: LogPosition): Promise<LogPage> {
    const storage = await this.#session.ready();
    const page = await storage.log(this.#session.tenantId, { after, limit: this.#size.limit });
    this.#size.noteEntries(page.entries);
    return page;
  }

  #notify(): void {
    this.#pages.clear();
    for (const wake of this.#watches) wake();
  }
}
