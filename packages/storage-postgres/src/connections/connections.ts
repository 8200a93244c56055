import { isSynthaError } from "@syntha/core";
import { systemPause } from "@syntha/core/storage";
import { toFailure, unknownOutcome } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { isCollision, isUnprepared } from "../sqlstate.ts";
import type { Link } from "./link.ts";
import { LinkPool } from "./link-pool.ts";
import { tenantSetting } from "./session-settings.ts";
import type { Answer, Call } from "./statement.ts";
import { BEGIN_READ, BEGIN_WRITE, Transaction } from "./transaction.ts";

/** How often a transaction that others were in the way of is tried again. */
const MOST_TRIES = 5;

/** Lets the connection go back only when this has ended too. */
type LetGo = (rest: Promise<unknown>) => void;

/** The pool, ours or the user's, and transactions on its connections. */
export class Connections {
  readonly #settings: Settings;
  readonly #pool: LinkPool;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#pool = new LinkPool(settings);
  }

  get isOpen(): boolean {
    return this.#pool.isOpen;
  }

  open(): void {
    this.#pool.open();
  }

  /** Lets nothing new in, waits for what is under way, and ends the pool if it is ours. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Work that does no harm when it is repeated, as `writing` is, but in no transaction. */
  idempotent<T>(work: (link: Link) => Promise<T>): Promise<T> {
    return this.#trying(() => this.use(work));
  }

  /** One statement that reads, in a snapshot of its own. */
  read(tenant: string, call: Call): Promise<Answer> {
    return this.#trying(() =>
      this.use((link, letGo) =>
        link.isDirect && !this.#settings.rowLevelSecurity
          ? link.one(call)
          : this.#readingOn(link, letGo, tenant, (transaction) => transaction.one(call)),
      ),
    );
  }

  /** Statements that all read the same snapshot; `work` may be repeated. */
  reading<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#trying(() =>
      this.use((link, letGo) => this.#readingOn(link, letGo, tenant, work)),
    );
  }

  /**
   * A transaction that writes. What is not committed in the end is rolled back; where others were in the way, `work`
   * is done again.
   * @throws UNKNOWN_OUTCOME when the connection is lost while the server commits
   */
  writing<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#trying(() => this.#writingOnce(tenant, work));
  }

  /** Repeats what a conflict with others ended, or the loss of prepared statements: nothing of it was done. */
  async #trying<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await work();
      } catch (error) {
        if (tries === MOST_TRIES || !isSynthaError(error)) throw error;
        if (isUnprepared(error.cause)) continue;
        if (!isCollision(error.cause)) throw error;
        await systemPause(Math.random() * 2 ** tries * 5);
      }
    }
  }

  #readingOn<T>(
    link: Link,
    letGo: LetGo,
    tenant: string,
    work: (transaction: Transaction) => Promise<T>,
  ): Promise<T> {
    const transaction = new Transaction(link, BEGIN_READ, this.#tenantCalls(tenant));
    return work(transaction).finally(() => letGo(transaction.rollback()));
  }

  #writingOnce<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use(async (link, letGo) => {
      const transaction = new Transaction(link, BEGIN_WRITE, this.#tenantCalls(tenant));
      try {
        return await work(transaction);
      } catch (error) {
        throw transaction.isUnknown ? unknownOutcome(toFailure(error)) : error;
      } finally {
        letGo(transaction.rollback());
      }
    });
  }

  /**
   * A connection for as long as `work` takes, and until what is let go with it has ended too. Rejections are
   * SynthaErrors, but for bugs.
   */
  async use<T>(work: (link: Link, letGo: LetGo) => Promise<T>): Promise<T> {
    const link = await this.#pool.take();
    let rest: Promise<unknown> | undefined;
    try {
      return await work(link, (promise) => {
        rest = promise;
      });
    } catch (error) {
      throw toFailure(error);
    } finally {
      const giveBack = (): void => this.#pool.release(link);
      if (rest === undefined) giveBack();
      else rest.then(giveBack, giveBack);
    }
  }

  #tenantCalls(tenant: string): readonly Call[] {
    return this.#settings.rowLevelSecurity ? [tenantSetting(tenant)] : [];
  }
}
