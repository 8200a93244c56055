import { loadedFromElsewhere } from "../storage/check-load.ts";
import type { LogPosition } from "../log/log-position.ts";
import type { DumpRange } from "../storage/tenant-record.ts";

/** Where a copy stands; the storage that it goes to keeps it, as text. */
export interface LoadState {
  /** Where the source's log ended when the copy began: what changed behind it is caught up with. */
  readonly start: LogPosition;
  /** What comes next. */
  readonly next: DumpRange;
  /** Records of the present part that are done. */
  readonly done: number;
}

const FORM = "c1";

export function toText({ start, next, done }: LoadState): string {
  return JSON.stringify([FORM, start, next, done]);
}

/** @throws TENANT_EXISTS for what no copy of ours left. */
export function parseLoadState(text: string, tenant: string): LoadState {
  try {
    const [form, start, next, done] = JSON.parse(text) as [string, LogPosition, DumpRange, number];
    if (form === FORM) return { start, next, done };
  } catch {
    // Told below.
  }
  throw loadedFromElsewhere(tenant);
}
