import type { ItemState } from "@syntha/core";

const PATHS = {
  board: "M2.5 3h3v10h-3zM6.5 3h3v6h-3zM10.5 3h3v8h-3z",
  items: "M2.5 4h2M6.5 4h7M2.5 8h2M6.5 8h7M2.5 12h2M6.5 12h7",
  routing:
    "M3 4.5a1.5 1.5 0 1 0 0-.01M3 11.5a1.5 1.5 0 1 0 0-.01M11 8a1.5 1.5 0 1 0 0-.01M6 4.5 11 8 6 11.5",
  tasks: "M3 4l1.2 1.2L6.5 3M8.5 4h5M3 11l1.2 1.2L6.5 10M8.5 11h5",
  timeline: "M8 2.5a5.5 5.5 0 1 0 .01 0M8 5v3.2l2.2 1.3",
  prompt: "M2.5 3.5h11v7.5H7l-3 2.5V11H2.5z",
  events: "M8.8 2 4 9h3.4L6.8 14 12 6.8H8.4z",
  agents: "M8 8a2.6 2.6 0 1 0-.01 0M3 13.5c.5-2.6 2.4-4 5-4s4.5 1.4 5 4",
  tenants: "M2.5 13.5V5L8 2.5 13.5 5v8.5M2 13.5h12M6.5 13.5V10h3v3.5M5.5 7h0M10.5 7h0",
  search: "M7 3a4 4 0 1 0 .01 0M10 10l3.5 3.5",
  sun: "M8 5.5a2.5 2.5 0 1 0 .01 0M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1",
  moon: "M12.8 9.8A5.5 5.5 0 0 1 6.2 3.2 5.5 5.5 0 1 0 12.8 9.8z",
  close: "M4 4l8 8M12 4l-8 8",
  down: "M4.5 6.5 8 10l3.5-3.5",
  right: "M6.5 4.5 10 8l-3.5 3.5",
  left: "M9.5 4.5 6 8l3.5 3.5",
  wide: "M9 3h4v4M13 3 9 7M7 13H3V9M3 13l4-4",
  warning: "M8 2.5 14 13.5H2zM8 6.5v3M8 11.5h0",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 0 .01 0",
  hidden: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM3 13 13 3",
  check: "M3.5 8.5 6.5 11.5 12.5 4.5",
  copy: "M5.5 5.5h8v8h-8zM3 10.5H2.5v-8h8V3",
  retry: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  link: "M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.5 2.5 0 0 1-4-4L5 7",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  plus: "M8 3.5v9M3.5 8h9",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
} as const;
export type IconName = keyof typeof PATHS;

/** A line icon of 16 px. It says nothing to a screen reader: the text beside it does. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width={name === "more" ? 2.4 : 1.4}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The four states differ by shape as well as by colour. */
export function StateMark({ state, label = false }: { state: ItemState; label?: boolean }) {
  return (
    <span class={`state state-${state}`} title={label ? undefined : state}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        {state === "open" && (
          <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" />
        )}
        {state === "claimed" && (
          <>
            <circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" />
            <path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor" />
          </>
        )}
        {state === "done" && (
          <>
            <circle cx="6" cy="6" r="5.25" fill="currentColor" />
            <path
              d="M3.6 6.2 5.3 7.9 8.5 4.3"
              fill="none"
              stroke="var(--surface)"
              stroke-width="1.5"
            />
          </>
        )}
        {state === "failed" && (
          <>
            <path d="M6 .6 11.4 6 6 11.4 .6 6z" fill="currentColor" />
            <path
              d="M6 3.3v3.2M6 8.3h0"
              stroke="var(--surface)"
              stroke-width="1.5"
              stroke-linecap="round"
            />
          </>
        )}
      </svg>
      <span class={label ? "" : "unseen"}>{state}</span>
    </span>
  );
}
