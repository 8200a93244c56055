import { macrotask } from "../concurrency/macrotask.ts";
import { PeriodicTask } from "../concurrency/periodic-task.ts";
import type { MeshSchema } from "../schema/mesh-schema.ts";
import type { OpResult } from "../storage/outcome.ts";
import { PageSize } from "../storage/page-size.ts";
import { type Duration, toMs } from "../time/duration.ts";
import type { CommitBatcher } from "./commit-batcher.ts";
import {
  checkCompactOptions,
  compact,
  type Compaction,
  type CompactOptions,
} from "./compaction.ts";
import type { MeshOptions } from "./mesh-options.ts";
import type { OperationRunner } from "./operation-runner.ts";
import { checkRetentionOrder, parseRetention, type RetentionOptions } from "./retention.ts";
import type { StorageHandle } from "./storage-handle.ts";

/** Items that one commit of a sweep removes: few enough that other writers do not wait long. */
const FIRST_STEP = 100;
const LARGEST_STEP = 500;

/** Removes expired items and what is past its retention: on request, and periodically while the storage is open. */
export class Housekeeping {
  readonly #storage: StorageHandle;
  readonly #commits: CommitBatcher;
  readonly #retention: RetentionOptions;
  readonly #tasks: readonly PeriodicTask[];

  /** @throws INVALID_ARGUMENTS for options that can't be used */
  constructor(
    options: Pick<MeshOptions<MeshSchema>, "retention" | "sweepEvery" | "compactEvery">,
    storage: StorageHandle,
    commits: CommitBatcher,
    operations: OperationRunner,
  ) {
    this.#storage = storage;
    this.#commits = commits;
    const { retention = {}, sweepEvery = "1m", compactEvery = "10m" } = options;
    const policy = parseRetention(retention);
    checkRetentionOrder(retention, policy);
    this.#retention = { ...retention };
    const every = (
      name: "sweep" | "compact",
      interval: Duration | false,
      task: () => Promise<unknown>,
    ): PeriodicTask[] => {
      if (interval === false) return [];
      const run = (): Promise<unknown> => storage.tasks.run(task);
      const ms = toMs(`${name}Every`, interval);
      return [new PeriodicTask(ms, () => operations.run(name, null, [], run, true))];
    };
    this.#tasks = [
      ...every("sweep", sweepEvery, () => this.#sweep()),
      ...every("compact", storage.supports.compaction && compactEvery, () =>
        compact(() => storage.open(), storage.tenantId, policy),
      ),
    ];
  }

  start(): void {
    for (const task of this.#tasks) task.start();
  }

  stop(): void {
    for (const task of this.#tasks) task.stop();
  }

  /** Removes expired items, one commit at a time. Returns how many. */
  async sweep(): Promise<number> {
    this.#storage.onUse?.();
    return this.#sweep();
  }

  async #sweep(): Promise<number> {
    const size = new PageSize(FIRST_STEP, LARGEST_STEP);
    for (let total = 0; ;) {
      const { limit } = size;
      this.#storage.checkOpen();
      const commit = { actor: null, ops: [{ type: "sweep", limit }] } as const;
      const { results } = await this.#commits.submit(commit);
      const { swept, read } = results[0] as OpResult & { type: "sweep" };
      total += swept;
      if (swept < limit) return total;
      size.note(read.rows, read.characters);
      await macrotask();
    }
  }

  /** Removes what is past its retention; options override the mesh's. */
  async compact(options: CompactOptions): Promise<Compaction> {
    checkCompactOptions(options);
    const { signal, onProgress, ...retention } = options;
    const given = Object.entries(retention).filter(([, value]) => value !== undefined);
    const policy = parseRetention({ ...this.#retention, ...Object.fromEntries(given) });
    const storage = this.#storage;
    return storage.tasks.run(() =>
      compact(() => storage.ready(), storage.tenantId, policy, { signal, onProgress }),
    );
  }
}
