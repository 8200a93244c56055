import { SynthaError } from "@syntha/core";
import { type KnownOptions, knownOptions } from "@syntha/core/storage";
import {
  checkContextOptions,
  checkCount,
  CONTEXT_OPTION_NAMES,
  type ContextOptions,
} from "../context/context-options.ts";

/** Options of {@link renderChanges} and {@link ContextThread}. */
export interface ChangesOptions extends ContextOptions {
  /**
   * Includes events, oldest first, in up to half of the budget: all (`true`), or those of these types.
   * @default false
   */
  readonly events?: boolean | readonly string[] | undefined;
  /**
   * If more changes than this happened or are pending, a full block is rendered; at most 100,000.
   * @default 2_000
   */
  readonly maxChanges?: number | undefined;
}

const NAMES = { ...CONTEXT_OPTION_NAMES, events: true, maxChanges: true } as const;
export const CHANGES: KnownOptions = knownOptions<ChangesOptions>("renderChanges", NAMES);
export const THREAD: KnownOptions = knownOptions<ChangesOptions>("new ContextThread", NAMES);

const DEFAULT_MAX_CHANGES = 2_000;
const MAX_CHANGES = 100_000;

/** Returns `maxChanges`. */
export function checkChangesOptions(options: ChangesOptions): number {
  checkContextOptions(options);
  const { state, events } = options;
  if (state === "open" || state === "claimed") {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      '`state` can\'t be "open" or "claimed": claims are not reported as changes.',
      {
        hint: 'Render a full block each time with renderContext, or select "done" or "failed".',
        details: { path: "state" },
      },
    );
  }
  if (events !== undefined && typeof events !== "boolean" && !isListOfTypes(events)) {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      "`events` must be true, false or a non-empty list of types.",
      {
        hint: 'Pass ["order"] for events of this type, or true for all; omit it for no events.',
        details: { path: "events" },
      },
    );
  }
  return checkCount("maxChanges", options.maxChanges ?? DEFAULT_MAX_CHANGES, MAX_CHANGES);
}

function isListOfTypes(events: unknown): boolean {
  return (
    Array.isArray(events) && events.length > 0 && events.every((type) => typeof type === "string")
  );
}
