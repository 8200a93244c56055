import { CONTEXT_CALLS } from "./context-calls.ts";
import type { SloppyCall } from "./sloppy-call.ts";
import { WORK_CALLS } from "./work-calls.ts";

export type { SloppyCall };
export { answerTo, argumentsOf, type Situation, situation, withoutChance } from "./situation.ts";

/** Calls as models make them, with what they are answered. */
export const SLOPPY_CALLS: readonly SloppyCall[] = [...CONTEXT_CALLS, ...WORK_CALLS];
