import type { ItemState } from "@syntha/core";
import type { Style } from "../terminal/paint.ts";

/** The states' symbols, which differ without colours too. */
export const STATES: Readonly<
  Record<ItemState, { readonly symbol: string; readonly style: Style }>
> = {
  open: { symbol: "○", style: "blue" },
  claimed: { symbol: "◐", style: "yellow" },
  done: { symbol: "●", style: "green" },
  failed: { symbol: "✗", style: "red" },
};

export function stateCell(state: ItemState): readonly [string, Style] {
  const { symbol, style } = STATES[state];
  return [`${symbol} ${state}`, style];
}
