import { macrotask } from "../concurrency/macrotask.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Storage } from "../storage/storage.ts";
import { requireSupport } from "../storage/support.ts";
import type { RetentionOptions, RetentionPolicy } from "./retention.ts";

/** Entries and events that one step goes through: few enough that other writers do not wait long. */
const STEP = 500;

/** What a compaction did, so far or in all. */
export interface Compaction {
  /** The last position that the log no longer holds. */
  readonly floor: number;
  /** How many entries of log and histories, and events, were removed. */
  readonly removed: number;
}

/** Each retention given here overrides that part of the mesh's own. */
export interface CompactOptions extends RetentionOptions {
  /** Ends the compaction between two steps. */
  signal?: AbortSignal | undefined;
  /** Called after each step. */
  onProgress?: ((progress: Compaction) => void) | undefined;
}

const COMPACT = knownOptions<CompactOptions>("compact", {
  log: true,
  history: true,
  events: true,
  signal: true,
  onProgress: true,
});

export function checkCompactOptions(options: CompactOptions): void {
  checkOptions(options, COMPACT);
  checkSignal(options.signal);
  checkCallback("onProgress", options.onProgress);
}

/** Removes what is past its retention, in steps between which others write. @throws ABORTED */
export async function compact(
  open: () => Storage | Promise<Storage>,
  tenantId: string,
  policy: RetentionPolicy,
  { signal, onProgress }: Pick<CompactOptions, "signal" | "onProgress"> = {},
): Promise<Compaction> {
  for (let total = 0; ;) {
    if (signal?.aborted) {
      throw new SynthaError("ABORTED", "The compaction was aborted.", {
        hint: "What it has removed stays removed; the next compaction continues.",
        cause: signal.reason,
      });
    }
    const storage = requireSupport(await open(), "compaction");
    const { floor, removed, more } = await storage.compact({ tenantId, ...policy, limit: STEP });
    total += removed;
    onProgress?.({ floor, removed: total });
    if (!more) return { floor, removed: total };
    await macrotask();
  }
}
