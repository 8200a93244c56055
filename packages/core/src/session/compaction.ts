import { SynthaError } from "../error/syntha-error.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { macrotask } from "../concurrency/macrotask.ts";
import type { RetentionPolicy, RetentionOptions } from "./retention.ts";
import { requireSupport } from "../storage/support.ts";
import type { Session } from "./session.ts";

/** Lines, and events, that one step works through: few enough that no other writer waits long. */
const STEP = 500;

/** What a compaction has done, so far or in all. */
export interface Compaction {
  /** The last position that the log no longer holds. */
  readonly floor: number;
  /** Lines of log and histories, and events, that it removed. */
  readonly removed: number;
}

/** What is given here stands in for that part of the mesh's own retention. */
export interface CompactOptions extends RetentionOptions {
  /** Ends it between two steps. */
  signal?: AbortSignal | undefined;
  /** Told after each step. */
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

/** Removes what is kept no longer, step by step, and lets others have their turn in between. */
export async function compact(
  session: Pick<Session, "tenantId" | "ready">,
  kept: RetentionPolicy,
  { signal, onProgress }: Pick<CompactOptions, "signal" | "onProgress"> = {},
): Promise<Compaction> {
  for (let removed = 0; ;) {
    if (signal?.aborted) {
      throw new SynthaError("ABORTED", "The compaction was aborted.", {
        hint: "What it removed is gone; the next one goes on from there.",
        cause: signal.reason,
      });
    }
    const storage = requireSupport(await session.ready(), "compaction");
    const request = { tenantId: session.tenantId, ...kept, limit: STEP };
    const { floor, removed: now, more } = await storage.compact(request);
    removed += now;
    onProgress?.({ floor, removed });
    if (!more) return { floor, removed };
    await macrotask();
  }
}
