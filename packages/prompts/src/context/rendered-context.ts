import type { ItemChange } from "../block/lines.ts";
import type { ContextState } from "./context-state.ts";

/** An item in a text. */
export interface IncludedItem {
  readonly key: string;
  /** In changes: how it differs from earlier blocks. */
  readonly change?: ItemChange | "removed" | undefined;
  /** Undefined if the item was removed. */
  readonly revision: number | undefined;
  /** Tokens of its line. */
  readonly tokens: number;
}

/** Why a selected item is not in the text. */
export type OmittedReason =
  /** No space was left. */
  | "budget"
  /** Its author had used its share, and no space was left for more. */
  | "share"
  /** It exceeds the budget alone; the text names it without its value, if that fits. */
  | "too_large"
  /** Its value is damaged in storage; the text names it without its value, if that fits. */
  | "unreadable";

/** A selected item that is not in the text. */
export interface OmittedItem {
  readonly key: string;
  readonly reason: OmittedReason;
  /** Tokens of its line; undefined if its value was not read. */
  readonly tokens: number | undefined;
}

/** The result of {@link renderContext}. */
export interface RenderedContext {
  /** The block with its fence; empty if there is nothing to include. */
  readonly text: string;
  /** Tokens of the text, as the budget counts them. */
  readonly tokens: number;
  /** In the order of the text. */
  readonly included: readonly IncludedItem[];
  /** Selected items that are not in the text, in order; `too_large` and `unreadable` ones may be named in it without their value. */
  readonly omitted: readonly OmittedItem[];
  /** Whether more than `maxItems` items are visible, or more events are pending. */
  readonly more: boolean;
  /** The items in this text, for {@link renderChanges}. */
  readonly state: ContextState;
}
