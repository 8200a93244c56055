/** Of the protocol: until 2025-11-25, and since 2026-07-28. */
export const ERAS = ["legacy", "modern"] as const;
export type Era = (typeof ERAS)[number];

/** Of clients in separate processes: starting them costs time, so that a short run has one. */
export const PROCESS_ERAS: readonly Era[] =
  process.env["SYNTHA_TESTS"] === "full" ? ERAS : ["modern"];
