import type { ItemChange } from "../lines/item-line.ts";
import type { Omitted } from "../lines/omitted-line.ts";
import type { ContextState } from "./context-state.ts";

/** Something that stands in a text. */
export interface Included {
  readonly key: string;
  /** In changes: how it differs from what was told before. */
  readonly change?: ItemChange | "gone" | undefined;
  /** Absent for what is gone. */
  readonly revision: number | undefined;
  /** What its line takes. */
  readonly tokens: number;
}

export interface RenderedContext {
  /** The block, fence and all; empty when there is nothing to tell. */
  readonly text: string;
  /** What its budget counts. */
  readonly tokens: number;
  /** In the order of the text. */
  readonly included: readonly Included[];
  /** What was selected and is not there, in order; `too_large` ones may be named in the text, without their value. */
  readonly omitted: readonly Omitted[];
  /** Whether more is visible than `maxItems`, of which nothing else is known. */
  readonly more: boolean;
  /** For `renderChanges`: what has been told with this. */
  readonly state: ContextState;
}
