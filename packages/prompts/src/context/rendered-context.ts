import type { ItemChange } from "../lines/item-line.ts";
import type { OmittedItem } from "../lines/omitted-line.ts";
import type { ContextState } from "./context-state.ts";

/** An item in a text. */
export interface IncludedItem {
  readonly key: string;
  /** In changes: how it differs from earlier blocks. */
  readonly change?: ItemChange | "gone" | undefined;
  /** Undefined if it is gone. */
  readonly revision: number | undefined;
  /** Tokens of its line. */
  readonly tokens: number;
}

export interface RenderedContext {
  /** The block with its fence; empty if there is nothing to include. */
  readonly text: string;
  /** Tokens of the text, as the budget counts them. */
  readonly tokens: number;
  /** In the order of the text. */
  readonly included: readonly IncludedItem[];
  /** Selected items that are not in the text, in order; `too_large` ones may be named in it without their value. */
  readonly omitted: readonly OmittedItem[];
  /** Whether more than `maxItems` items are visible. */
  readonly more: boolean;
  /** What this text contains, for `renderChanges`. */
  readonly state: ContextState;
}
