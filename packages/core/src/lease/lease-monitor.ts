import { MAX_TIMER_MS } from "../concurrency/pause.ts";
import { SynthaError } from "../error/syntha-error.ts";
import type { Session } from "../session/session.ts";

/** Looks at a lease are at least this far apart, however often the mesh is written to. */
const LOOK_EVERY_MS = 25;

/** Aborts its signal when a lease is lost: at its end, soon after somebody wrote the item, or when the mesh closes. */
export class LeaseMonitor {
  readonly #controller = new AbortController();
  readonly #session: Session;
  readonly #key: string;
  readonly #mark: number;
  #end: ReturnType<typeof setTimeout> | undefined;
  #look: ReturnType<typeof setTimeout> | undefined;
  #silence: (() => void) | undefined;
  #isStopped = false;

  constructor(session: Session, key: string, mark: number, endsAt: number, isOver: boolean) {
    this.#session = session;
    this.#key = key;
    this.#mark = mark;
    if (isOver) return;
    this.until(endsAt);
    this.#silence = session.storage.onCommit(session.tenantId, () => this.#soon());
    session.closing.signal.addEventListener("abort", this.#close, { once: true });
    // What happened before somebody asked counts too.
    this.#soon();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Moves the end, by this process' clock. */
  until(endsAt: number): void {
    clearTimeout(this.#end);
    const left = endsAt - Date.now();
    if (left <= MAX_TIMER_MS) this.#end = setTimeout(() => this.lose(), Math.max(0, left));
    else this.#end = setTimeout(() => this.until(endsAt), MAX_TIMER_MS);
  }

  lose(): void {
    this.stop();
    this.#controller.abort(
      new SynthaError("STALE_TOKEN", `The lease on "${this.#key}" was lost.`, {
        hint: "Drop this work: somebody else may be doing it by now.",
        details: { key: this.#key },
      }),
    );
  }

  readonly stop = (): void => {
    this.#isStopped = true;
    clearTimeout(this.#end);
    clearTimeout(this.#look);
    this.#silence?.();
    this.#session.closing.signal.removeEventListener("abort", this.#close);
  };

  /** A mesh that closes gives its workers a last chance to end by themselves. */
  readonly #close = (): void => {
    this.stop();
    this.#controller.abort(
      new SynthaError("ABORTED", `The mesh closes, and gives "${this.#key}" back.`, {
        hint: "Stop, or finish within moments: what is not completed then is claimed anew.",
      }),
    );
  };

  #soon(): void {
    if (this.#isStopped) return;
    this.#look ??= setTimeout(() => void this.#lookNow(), LOOK_EVERY_MS);
  }

  async #lookNow(): Promise<void> {
    this.#look = undefined;
    try {
      const storage = await this.#session.ready();
      const { items } = await storage.get(this.#session.tenantId, null, [this.#key]);
      if (!this.#isStopped && items[0]?.lease?.leaseId !== this.#mark) this.lose();
    } catch {
      // A storage that can't be asked says nothing about the lease; its end still counts.
    }
  }
}
