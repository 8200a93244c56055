import { SynthaError } from "@syntha/core";
import { type KnownOptions, knownOptions } from "@syntha/core/storage";
import {
  checkContextOptions,
  checkCount,
  CONTEXT_OPTION_NAMES,
  type ContextOptions,
} from "../context/context-options.ts";

export interface ChangesOptions extends ContextOptions {
  /** Includes events, oldest first, in up to half of the budget: all (`true`), or those of these types. Default: none. */
  readonly events?: boolean | readonly string[] | undefined;
  /** If more changes than this happened or are pending, a full block is rendered; at most 100,000. Default 2,000. */
  readonly maxChanges?: number | undefined;
}

const NAMES = { ...CONTEXT_OPTION_NAMES, events: true, maxChanges: true } as const;
export const CHANGES: KnownOptions = knownOptions<ChangesOptions>("renderChanges", NAMES);
export const THREAD: KnownOptions = knownOptions<ChangesOptions>("new ContextThread", NAMES);

const DEFAULT_CHANGES = 2_000;
const MOST_CHANGES = 100_000;

/** Returns `maxChanges`. */
export function checkChangesOptions(options: ChangesOptions): number {
  checkContextOptions(options);
  const { state, events } = options;
  if (state === "open" || state === "claimed") {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      "Changes can't be selected by the states open and claimed: claims are not reported as changes.",
      {
        hint: 'Render a full block each time with renderContext, or select "done" or "failed".',
        details: { path: "state" },
      },
    );
  }
  if (Array.isArray(events) && events.length === 0) {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      "`events` must be true or a non-empty list of types.",
      {
        hint: "Omit it for no events.",
        details: { path: "events" },
      },
    );
  }
  return checkCount("maxChanges", options.maxChanges ?? DEFAULT_CHANGES, MOST_CHANGES);
}
