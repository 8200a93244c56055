import { isSynthaError } from "@syntha/core";
import { systemPause } from "@syntha/core/storage";
import { toFailure, unknownOutcome } from "../failure.ts";
import type { Settings } from "../settings.ts";
import { isCollision } from "../sqlstate.ts";
import type { Link } from "./link.ts";
import { LinkPool } from "./link-pool.ts";
import { forTenant, forTransaction } from "./prelude.ts";
import type { Answer, Call } from "./statement.ts";
import { BEGIN_READ, BEGIN_WRITE, Transaction } from "./transaction.ts";

/** How often a transaction that others were in the way of is tried again. */
const MOST_TRIES = 5;

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

  /** One statement that reads, in a snapshot of its own. */
  read(tenant: string, call: Call): Promise<Answer> {
    if (this.#pool.isOurs && !this.#settings.rowLevelSecurity)
      return this.use((link) => link.one(call));
    return this.reading(tenant, (transaction) => transaction.one(call));
  }

  /** Statements that all read the same snapshot. */
  reading<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use((link, letGo) => {
      const transaction = new Transaction(link, [BEGIN_READ, ...this.#prelude(tenant)]);
      return work(transaction).finally(() => letGo(transaction.rollback()));
    });
  }

  /**
   * A transaction that writes. What is not committed in the end is rolled back; where others were in the way, `work`
   * is done anew.
   * @throws UNKNOWN_OUTCOME when the connection is lost while the server commits
   */
  async writing<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#writingOnce(tenant, work);
      } catch (error) {
        if (tries === MOST_TRIES || !isSynthaError(error) || !isCollision(error.cause)) throw error;
        await systemPause(Math.random() * 2 ** tries * 5);
      }
    }
  }

  #writingOnce<T>(tenant: string, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.use(async (link, letGo) => {
      const transaction = new Transaction(link, [BEGIN_WRITE, ...this.#prelude(tenant)]);
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
  async use<T>(
    work: (link: Link, letGo: (rest: Promise<unknown>) => void) => Promise<T>,
  ): Promise<T> {
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

  #prelude(tenant: string): readonly Call[] {
    const { rowLevelSecurity } = this.#settings;
    return [
      ...(this.#pool.isOurs ? [] : [forTransaction(this.#settings)]),
      ...(rowLevelSecurity ? [forTenant(tenant)] : []),
    ];
  }
}
