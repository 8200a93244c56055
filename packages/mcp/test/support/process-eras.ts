import type { Era } from "./connect.ts";

/** Of clients in processes of their own: starting them costs time, so that a short run has one. */
export const PROCESS_ERAS: readonly Era[] =
  process.env["SYNTHA_TESTS"] === "full" ? ["legacy", "modern"] : ["modern"];
