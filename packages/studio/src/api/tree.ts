import type { ViewQuery } from "./scope.ts";

export interface TreeQuery extends ViewQuery {
  /** The branch to open: a `prefix` of a node. @default "": the top */
  prefix?: string | undefined;
}

/** One level of the keys: what follows a prefix, up to and with the next separator (`:`, `/` or `.`). */
export interface KeyTree {
  /** By prefix, in code point order: at most 1,000. */
  readonly nodes: readonly KeyNode[];
  /** Whether there are more nodes. */
  readonly isPartial: boolean;
}

export interface KeyNode {
  /** A whole key, or with `isBranch` the beginning of several: "task:". Use it as the `prefix` of the next request. */
  readonly prefix: string;
  /** What to show: the prefix without that of the level above. */
  readonly label: string;
  readonly isBranch: boolean;
  /** Items with this prefix; 1 for a key. At most 1,000 are counted. */
  readonly items: number;
  /** Whether there are more items than were counted. */
  readonly more?: boolean | undefined;
}
