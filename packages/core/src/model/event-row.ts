import type { Audience } from "../route/route.ts";

/** An event as it is stored. Its owner is the actor that published it. */
export interface EventRow extends Audience {
  readonly id: string;
  readonly type: string;
  /** JSON text. */
  readonly data: string;
  /** The position of its commit, and its index within the commit. */
  readonly position: number;
  readonly index: number;
  /** Milliseconds of the storage's time. */
  readonly at: number;
}
