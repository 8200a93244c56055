import { CONTEXT_CALLS } from "./context-calls.ts";
import type { ImpreciseCall } from "./imprecise-call.ts";
import { WORK_CALLS } from "./work-calls.ts";

export type { ImpreciseCall };
export {
  intendedAnswer,
  argumentsOf,
  type Fixture,
  createFixture,
  withoutRandomIds,
} from "./fixture.ts";

/** Calls as models make them, with their answers. */
export const IMPRECISE_CALLS: readonly ImpreciseCall[] = [...CONTEXT_CALLS, ...WORK_CALLS];
