import { loadedFromElsewhere } from "../storage/check-load.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { DumpRange } from "../storage/tenant-record.ts";

/** How far a copy is. The target storage keeps it, as text. */
export interface CopyState {
  /** The head of the source's log when the copy began: later changes are caught up with. */
  readonly start: LogPosition;
  /** The next records to copy. */
  readonly next: DumpRange;
  /** Records of the current section that are copied. */
  readonly done: number;
}

const VERSION = "c1";

export function toProgress({ start, next, done }: CopyState): string {
  return JSON.stringify([VERSION, start, next, done]);
}

/** @throws TENANT_EXISTS for progress that is not a copy's. */
export function parseCopyState(progress: string, tenantId: string): CopyState {
  try {
    const [version, start, next, done] = JSON.parse(progress) as [
      string,
      LogPosition,
      DumpRange,
      number,
    ];
    if (version === VERSION) return { start, next, done };
  } catch {
    // Rejected below.
  }
  throw loadedFromElsewhere(tenantId);
}
