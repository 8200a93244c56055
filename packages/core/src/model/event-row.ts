import type { Audience } from "../route/route.ts";

/** An event as a storage keeps it. Its owner is its author: who published it sees it. */
export interface EventRow extends Audience {
  readonly id: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
  /** The log's position of its commit, and its place within that commit. */
  readonly position: number;
  readonly index: number;
  /** Milliseconds of the storage's time. */
  readonly at: number;
}
