import { SynthaError } from "../error/syntha-error.ts";
import type { CompactRequest } from "../storage/compaction.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { type Duration, toMs } from "../time/duration.ts";

/** How long a mesh keeps its log, histories and events. `false` keeps all of them. */
export interface RetentionOptions {
  /** The log: how old a cursor may be. @default "7d" */
  log?: Retention | false | undefined;
  /** What `mesh.system.history(key)` returns; never less than the log. @default as the log */
  history?: Retention | false | undefined;
  /** Events; never less than the log. The id of a removed event can be used again. @default "30d" */
  events?: EventRetention | false | undefined;
}

/** By age, by number, or by both: what either of them keeps is kept. */
export type Retention =
  | Duration
  | { readonly age?: Duration | undefined; readonly commits?: number | undefined };
export type EventRetention =
  | Duration
  | { readonly age?: Duration | undefined; readonly count?: number | undefined };

/** What a storage keeps; all of a part that is undefined. */
export type RetentionPolicy = Pick<CompactRequest, "log" | "history" | "events">;

/** @throws INVALID_ARGUMENTS */
export function parseRetention(options: RetentionOptions): RetentionPolicy {
  checkOptions(options, RETENTION, "retention");
  const { log: logged = "7d", history, events = "30d" } = options;
  const log = toKeep("log", "commits", logged);
  return {
    log,
    history: history === undefined ? log : toKeep("history", "commits", history),
    events: toKeep("events", "count", events),
  };
}

/**
 * Histories and events stay at least as long as the log, which refers to them.
 * @throws INVALID_ARGUMENTS for an age below the log's, which would have no effect
 */
export function checkRetentionOrder(
  options: RetentionOptions,
  { log, history, events }: RetentionPolicy,
): void {
  const parts = { history: options.history && history, events: options.events && events };
  for (const [part, keep] of Object.entries(parts)) {
    if (!keep) continue;
    const { ms, ...figures } = keep;
    const isByAge = Object.values(figures).every((figure) => figure === undefined);
    const isShorter = log?.ms !== undefined && ms !== undefined && isByAge && ms < log.ms;
    if (log !== undefined && !isShorter) continue;
    throw invalid(
      `retention.${part}`,
      `\`retention.${part}\` must not be shorter than \`retention.log\`.`,
      "Shorten `retention.log` too, or raise this one.",
    );
  }
}

const RETENTION = knownOptions<RetentionOptions>("retention", {
  log: true,
  history: true,
  events: true,
});
const AGE_OR = {
  commits: knownOptions<{ age: true; commits: true }>("retention", { age: true, commits: true }),
  count: knownOptions<{ age: true; count: true }>("retention", { age: true, count: true }),
};

type Figure = "commits" | "count";
type Keep<F extends Figure> = { readonly [P in F | "ms"]?: number | undefined };

function toKeep<F extends Figure>(
  part: keyof RetentionOptions,
  figure: F,
  retention: Duration | { readonly age?: Duration | undefined } | false,
): Keep<F> | undefined {
  if (retention === false) return undefined;
  const path = `retention.${part}`;
  if (typeof retention !== "object" || retention === null)
    return { ms: toMs(path, retention, true) } as Keep<F>;
  checkOptions(retention, AGE_OR[figure], path);
  const { age, [figure]: number }: { age?: Duration | undefined } & { [P in Figure]?: number } =
    retention;
  if (age === undefined && number === undefined) {
    throw invalid(path, `\`${path}\` needs an age, a number, or both.`, EXAMPLES[figure]);
  }
  if (number !== undefined && !(Number.isSafeInteger(number) && number >= 0)) {
    const name = `${path}.${figure}`;
    throw invalid(name, `\`${name}\` must be a whole number from 0.`, EXAMPLES[figure]);
  }
  const ms = age === undefined ? undefined : toMs(`${path}.age`, age, true);
  return { [figure]: number, ms } as Keep<F>;
}

const EXAMPLES: Readonly<Record<Figure, string>> = {
  commits: 'Pass a duration such as "7d", { age: "7d", commits: 10_000 }, or false to keep all.',
  count: 'Pass a duration such as "30d", { age: "30d", count: 10_000 }, or false to keep all.',
};

function invalid(path: string, message: string, hint: string): SynthaError {
  return new SynthaError("INVALID_ARGUMENTS", message, { hint, details: { path } });
}
