import type { CopyProgress } from "../copy/copy-progress.ts";
import { checkPositionNumber } from "../log/position-number.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import type { Session } from "../session/session.ts";
import { requireSupport } from "../storage/support.ts";
import { PastReader } from "./past-reader.ts";
import { readPast } from "./past-state.ts";
import { PastStorage } from "./past-storage.ts";

export interface PastOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every thousand records that were read. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

const AT = knownOptions<PastOptions>("at", { signal: true, onProgress: true });

/** The storage of a mesh as it was at a position, and the time of that commit. */
export async function openPast(
  { tenantId, storage }: Session,
  position: number,
  options: PastOptions,
): Promise<{ readonly storage: PastStorage; readonly time: Date }> {
  checkPositionNumber("position", position);
  checkOptions(options, AT);
  const { signal, onProgress = () => undefined } = options;
  checkSignal(signal);
  checkCallback("onProgress", options.onProgress);
  const opened = await storage.ready();
  if (opened instanceof PastStorage) opened.checkPosition(position);
  const source = opened instanceof PastStorage ? opened.source : opened;
  return storage.tasks.run(async () => {
    const reader = new PastReader(requireSupport(source, "dump"), tenantId, position, signal);
    const past = await readPast(reader, onProgress);
    const time = new Date(past.time);
    return { storage: new PastStorage(source, tenantId, position, past), time };
  });
}
