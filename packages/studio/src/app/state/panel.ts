import { signal } from "@preact/signals";

/** Whether the item's panel takes the whole page. */
export const panelWide = signal(false);
