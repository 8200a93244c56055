import { InFlightCounter } from "../concurrency/in-flight-counter.ts";
import { macrotask } from "../concurrency/macrotask.ts";
import { isSynthaError } from "../error/syntha-error.ts";
import type { Commit, Operation } from "../storage/operation.ts";
import type { Outcome } from "../storage/outcome.ts";
import type { MeshInterceptor } from "./interceptor.ts";

/** Commits in one batch: what waits beyond them is in the next. */
const MAX_COMMITS = 256;

/** Characters of the values of one batch: databases limit the size of a transaction's texts. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

/** The outcome of an accepted commit: the result of each operation, in their order. */
export type Committed = Extract<Outcome, { ok: true }>;

/** Where batches go. */
export interface CommitTarget {
  commit(commits: readonly Commit[]): Promise<readonly Outcome[]>;
}

interface Pending {
  readonly commit: Commit;
  readonly resolve: (committed: Committed) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Passes commits on in the order in which they were submitted, one batch at a time: all that wait when a batch can
 * start share it. A commit that comes alone does not wait.
 */
export class CommitBatcher {
  readonly #target: CommitTarget;
  readonly #interceptor: MeshInterceptor | undefined;
  readonly #runs = new InFlightCounter();
  readonly #start = (): Promise<void> => this.#run();
  #pending: Pending[] = [];
  #submitted = 0;

  constructor(target: CommitTarget, interceptor?: MeshInterceptor) {
    this.#target = target;
    this.#interceptor = interceptor;
  }

  /** How many commits were submitted. */
  get submitted(): number {
    return this.#submitted;
  }

  /** Rejects with the refusal when the commit is refused. */
  submit(commit: Commit): Promise<Committed> {
    this.#submitted++;
    this.#interceptor?.onCommitQueued(commit);
    return new Promise((resolve, reject) => {
      this.#pending.push({ commit, resolve, reject });
      if (!this.isIdle) return;
      this.#runs.enter();
      // A microtask later, so that commits that the caller submits in the same task share the batch.
      void Promise.resolve().then(this.#start);
    });
  }

  get isIdle(): boolean {
    return this.#runs.count === 0;
  }

  /** Resolves when no commit waits. */
  idle(): Promise<void> {
    return this.#runs.idle();
  }

  async #run(): Promise<void> {
    while (this.#pending.length > 0) {
      const size = batchSize(this.#pending);
      const batch = size < this.#pending.length ? this.#pending.splice(0, size) : this.#pending;
      if (batch === this.#pending) this.#pending = [];
      try {
        const outcomes = await this.#target.commit(batch.map(({ commit }) => commit));
        for (let i = 0; i < batch.length; i++) settle(batch[i] as Pending, outcomes[i] as Outcome);
      } catch (error) {
        // One that the storage can't hold must not take the others along.
        if (batch.length > 1 && isSynthaError(error, "TOO_LARGE")) await this.#runEach(batch);
        else for (const { reject } of batch) reject(error);
      }
      // What the answers lead to joins those that wait: fewer batches, and more in each.
      if (this.#pending.length > 0) await macrotask();
    }
    this.#runs.leave();
  }

  async #runEach(batch: readonly Pending[]): Promise<void> {
    for (const pending of batch) {
      try {
        const [outcome] = await this.#target.commit([pending.commit]);
        settle(pending, outcome as Outcome);
      } catch (error) {
        pending.reject(error);
      }
    }
  }
}

/** How many of the first commits go together; at least one, however large it is. */
function batchSize(pending: readonly Pending[]): number {
  const most = Math.min(pending.length, MAX_COMMITS);
  let characters = 0;
  for (let count = 0; count < most; count++) {
    for (const op of (pending[count] as Pending).commit.ops) characters += charactersOf(op);
    if (characters > MAX_CHARACTERS) return Math.max(1, count);
  }
  return most;
}

function charactersOf(op: Operation): number {
  switch (op.type) {
    case "put":
    case "handOff":
      return op.value.length;
    case "publish":
      return op.data.length;
    case "complete":
      return op.result?.length ?? 0;
    default:
      return 0;
  }
}

function settle({ resolve, reject }: Pending, outcome: Outcome): void {
  if (outcome.ok) resolve(outcome);
  else reject(outcome.error);
}
