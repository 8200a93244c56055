import type { Commit, Operation } from "../storage/operation.ts";
import type { Outcome } from "../storage/outcome.ts";

/** Commits that one transaction may carry; what waits beyond it goes with the next. */
const MOST_AT_ONCE = 256;

/** The same for the characters of their values: engines take a transaction's texts only up to some size. */
const MOST_TEXT_AT_ONCE = 16 * 1024 * 1024;

/** What a commit that was not refused gives, with each operation's result at its place. */
export type Committed = Extract<Outcome, { ok: true }>;

interface Waiting {
  readonly commit: Commit;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Hands commits to the storage in the order in which they came, one group at a time: whatever waits when a group can
 * start shares its transaction. A commit that comes alone goes at once.
 */
export class CommitBatcher {
  #waiting: Waiting[] = [];
  #isRunning = false;
  #idlers: (() => void)[] = [];
  readonly #write: (commits: readonly Commit[]) => Promise<readonly Outcome[]>;

  constructor(write: (commits: readonly Commit[]) => Promise<readonly Outcome[]>) {
    this.#write = write;
  }

  /** Rejects with the refusal when the commit is refused. */
  submit(commit: Commit): Promise<Committed> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
      // A promise job later, so that what the caller starts in the same task comes along.
      if (this.#isRunning) return;
      this.#isRunning = true;
      void Promise.resolve().then(() => this.#run());
    });
  }

  /** Whether nothing waits. */
  get isIdle(): boolean {
    return !this.#isRunning;
  }

  /** Settles when nothing waits. */
  async idle(): Promise<void> {
    while (this.#isRunning) await new Promise<void>((resolve) => this.#idlers.push(resolve));
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const count = countAtOnce(this.#waiting);
      const group = count < this.#waiting.length ? this.#waiting.splice(0, count) : this.#waiting;
      if (group === this.#waiting) this.#waiting = [];
      try {
        const outcomes = await this.#write(group.map(({ commit }) => commit));
        for (let i = 0; i < group.length; i++) settle(group[i] as Waiting, outcomes[i] as Outcome);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#isRunning = false;
    for (const resolve of this.#idlers.splice(0)) resolve();
  }
}

/** How many of the first go together; one goes, however large it is. */
function countAtOnce(waiting: readonly Waiting[]): number {
  const most = Math.min(waiting.length, MOST_AT_ONCE);
  let text = 0;
  for (let count = 0; count < most; count++) {
    for (const op of (waiting[count] as Waiting).commit.ops) text += textLength(op);
    if (text > MOST_TEXT_AT_ONCE) return Math.max(1, count);
  }
  return most;
}

function textLength(op: Operation): number {
  switch (op.type) {
    case "put":
      return op.value.length;
    case "publish":
      return op.data.length;
    case "complete":
      return op.result?.length ?? 0;
    default:
      return 0;
  }
}

function settle({ resolve, reject }: Waiting, outcome: Outcome): void {
  if (outcome.ok) resolve(outcome);
  else reject(outcome.error);
}
