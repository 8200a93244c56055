import {
  type AgentContext,
  type Clock,
  type Duration,
  type Item,
  type ItemHeader,
  type MeshSchema,
  type Page,
  isSynthaError,
  type RouteInput,
} from "@syntha/core";
import {
  checkAgentName,
  checkFunction,
  checkOptions,
  knownOptions,
  type Optional,
  toMs,
} from "@syntha/core/storage";
import { ignoringErrors } from "../signal/ignoring-errors.ts";
import { errorText } from "./error-text.ts";
import { checkLogOptions, type OutcomeLogOptions, reportLoss } from "./log-options.ts";
import {
  checkOutcome,
  checkTask,
  isOutcome,
  type Outcome,
  type OutcomeInput,
  wrong,
} from "./outcome.ts";
import { newOutcomeId, timeOf } from "./outcome-key.ts";
import { fromOutcomePage, type OutcomePage, toOutcomePage } from "./outcome-page.ts";
import { type GroupBy, type OutcomeMetrics, Summary } from "./summary.ts";

export interface OutcomeFilter {
  /** Only those of the last `"24h"`, or since a date. */
  readonly since?: Duration | Date | undefined;
  readonly agent?: string | undefined;
  readonly task?: string | undefined;
  readonly success?: boolean | undefined;
}

export interface OutcomeListing {
  /** Newest first. */
  readonly outcomes: readonly Outcome[];
  /** Undefined when there is no more. */
  readonly nextPage: OutcomePage | undefined;
}

export interface MeasureOptions<T> extends Pick<OutcomeInput, "agent" | "input" | "metadata"> {
  /** What to record of a result, and whether it is one: an answer may tell of a failure. Default: success, and nothing of it. */
  readonly outcomeOf?:
    | ((result: T) => Optional<Omit<OutcomeInput, "agent" | "task" | "durationMs">>)
    | undefined;
}

const FILTER = { since: true, agent: true, task: true, success: true } as const;
const RECENT = knownOptions<Parameters<OutcomeLog["recent"]>[0] & {}>("recent", {
  ...FILTER,
  limit: true,
  page: true,
});
const METRICS = knownOptions<Parameters<OutcomeLog["metrics"]>[0] & {}>("metrics", {
  ...FILTER,
  by: true,
});
const CLEAR = knownOptions<Parameters<OutcomeLog["clear"]>[0]>("clear", { olderThan: true });
const MEASURE = knownOptions<MeasureOptions<unknown>>("measure", {
  agent: true,
  input: true,
  metadata: true,
  outcomeOf: true,
});

/** Items read at once where most of them may be left out. */
const AT_ONCE = 500;
const MOST_LISTED = 1_000;

/**
 * How agents' work went, kept in the mesh itself: as durable as its storage, per tenant, seen by whoever its route
 * names. Writes as the context that it is given: `mesh.system` for all agents, or one agent's own for that agent alone.
 */
export class OutcomeLog {
  readonly #context: AgentContext;
  readonly #isSystem: boolean;
  readonly #route: RouteInput;
  readonly #keep: Duration | undefined;
  readonly #prefix: string;
  readonly #onError: (error: unknown) => void;
  readonly #clock: Clock;

  /** @throws INVALID_ARGUMENTS, INVALID_ROUTE for options that can't be used */
  constructor(context: AgentContext<MeshSchema>, options: OutcomeLogOptions = {}) {
    const { keep, prefix, onError, clock, route } = checkLogOptions(options);
    this.#context = context as unknown as AgentContext;
    this.#isSystem = this.#context === this.#context.mesh.system;
    this.#route = route;
    this.#keep = keep;
    this.#prefix = prefix;
    this.#onError = onError;
    this.#clock = clock;
  }

  /** Costs one push. @throws INVALID_ARGUMENTS; what a push throws. */
  async record(input: OutcomeInput): Promise<Outcome> {
    const value = checkOutcome(input, this.#agentOf(input?.agent));
    const at = this.#clock();
    const id = newOutcomeId(at);
    await this.#context.push(`${this.#prefix}${id}`, value, {
      ...this.#route,
      ttl: this.#keep,
      ifRevision: 0,
    });
    return { id, at: new Date(at), ...value };
  }

  /**
   * Runs a function, and records how long it took and whether it threw. Gives what the function gives, also when that
   * can't be recorded.
   */
  async measure<T>(
    task: string,
    work: () => T | Promise<T>,
    options: MeasureOptions<T> = {},
  ): Promise<T> {
    checkOptions(options, MEASURE);
    const { outcomeOf, ...told } = options;
    checkTask(task);
    checkFunction("work", work);
    this.#agentOf(told.agent);
    const start = performance.now();
    const tell = async (more: () => Optional<OutcomeInput>): Promise<void> => {
      const durationMs = Math.round((performance.now() - start) * 1_000) / 1_000;
      try {
        await this.#keepOutcome({ ...told, task, success: true, durationMs, ...given(more()) });
      } catch (error) {
        this.#report(error);
      }
    };
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await tell(() => ({ success: false, error: errorText(error) }));
      throw error;
    }
    await tell(() => outcomeOf?.(result) ?? {});
    return result;
  }

  /** A page of those that this log's context sees. Costs what was recorded since, as far as the page reaches. */
  async recent(
    filter: OutcomeFilter & {
      /** 1 to 1,000. Default 100. */
      readonly limit?: number | undefined;
      /** `nextPage` of the listing before. */
      readonly page?: OutcomePage | undefined;
    } = {},
  ): Promise<OutcomeListing> {
    checkOptions(filter, RECENT);
    const { limit = 100, page } = filter;
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST_LISTED))
      throw wrong("limit", `Give a whole number from 1 to ${MOST_LISTED}.`);
    const outcomes: Outcome[] = [];
    const place = page === undefined ? undefined : fromOutcomePage(page);
    for await (const found of this.#matching(filter, limit, place?.page)) {
      if (place !== undefined && found.outcome.id <= place.after) continue;
      if (outcomes.length === limit) {
        const after = outcomes.at(-1)?.id ?? "";
        return { outcomes, nextPage: toOutcomePage({ after, page: found.before }) };
      }
      outcomes.push(found.outcome);
    }
    return { outcomes, nextPage: undefined };
  }

  /** Counts, success rates and durations. Reads all outcomes since. */
  async metrics(
    filter: OutcomeFilter & {
      /** Default both. An empty list: all in one. */
      readonly by?: readonly GroupBy[] | undefined;
    } = {},
  ): Promise<OutcomeMetrics[]> {
    checkOptions(filter, METRICS);
    const { by = ["agent", "task"] } = filter;
    if (!Array.isArray(by) || by.some((field) => field !== "agent" && field !== "task"))
      throw wrong("by", 'Give a list of "agent" and "task".');
    const summary = new Summary(by);
    for await (const { outcome } of this.#matching(filter, AT_ONCE)) summary.add(outcome);
    return summary.groups;
  }

  /** Deletes what is older, as far as it is this log's context's own. Tells how many. */
  async clear(filter: { readonly olderThan: Duration | Date }): Promise<number> {
    checkOptions(filter, CLEAR);
    const until = this.#moment("olderThan", filter.olderThan);
    let deleted = 0;
    for (let page: Page | undefined; ;) {
      const listing = await this.#context.list({ ...this.#query(page, AT_ONCE), values: false });
      const old = listing.items.filter((item) => {
        const at = timeOf(this.#idOf(item));
        return (
          at !== undefined && at < until && (this.#isSystem || item.owner === this.#context.name)
        );
      });
      const gone = await Promise.all(old.map(({ key }) => this.#context.delete(key)));
      deleted += gone.filter(Boolean).length;
      if (listing.nextPage === undefined) return deleted;
      page = listing.nextPage;
    }
  }

  async #keepOutcome(input: OutcomeInput): Promise<void> {
    await this.record(input).catch((error: unknown) => {
      if (!isUnkeepable(error)) throw error;
      // How it went still counts where what it was about can't be kept.
      const { input: _, output: __, metadata: ___, ...rest } = input;
      return this.record(rest);
    });
  }

  /** What hears of it must not come in the way of the result either. */
  #report(error: unknown): void {
    ignoringErrors(() => {
      const heard: unknown = this.#onError(error);
      if (heard instanceof Promise) heard.catch((failure: unknown) => reportLoss(failure));
    });
  }

  /** Newest first, each with the page that it was found on. */
  async *#matching(
    filter: OutcomeFilter,
    limit: number,
    from?: Page,
  ): AsyncGenerator<{ outcome: Outcome; before: Page | undefined }> {
    const { since, agent, task, success } = filter;
    const start = since === undefined ? Number.NEGATIVE_INFINITY : this.#moment("since", since);
    const isPicky = agent !== undefined || task !== undefined || success !== undefined;
    for (let page = from; ;) {
      const listing = await this.#context.list(this.#query(page, isPicky ? AT_ONCE : limit));
      for (const item of listing.items) {
        const outcome = this.#toOutcome(item);
        if (outcome === undefined) continue;
        if (outcome.at.getTime() < start) return;
        if (agent !== undefined && outcome.agent !== agent) continue;
        if (task !== undefined && outcome.task !== task) continue;
        if (success !== undefined && outcome.success !== success) continue;
        yield { outcome, before: page };
      }
      if (listing.nextPage === undefined) return;
      page = listing.nextPage;
    }
  }

  #query(
    page: Page | undefined,
    limit: number,
  ): { prefix: string; page: Page | undefined; limit: number } {
    return { prefix: this.#prefix, page, limit };
  }

  #idOf({ key }: ItemHeader): string {
    return key.slice(this.#prefix.length);
  }

  /** Undefined for what is none. Whoever wrote an item is its author, whatever it says. */
  #toOutcome(item: Item): Outcome | undefined {
    const id = this.#idOf(item);
    const at = timeOf(id);
    const value: unknown = item.value;
    if (at === undefined || !isOutcome(value)) return undefined;
    return { ...value, id, at: new Date(at), agent: item.author ?? value.agent };
  }

  #agentOf(agent: string | undefined): string {
    if (!this.#isSystem) {
      const { name } = this.#context;
      if (agent === undefined || agent === name) return name;
      throw wrong("agent", `This log writes as ${name}; one over mesh.system writes for all.`);
    }
    if (agent === undefined) throw wrong("agent", "Name the agent whose outcome it is.");
    checkAgentName(agent, "Name the agent whose outcome it is.");
    return agent;
  }

  #moment(path: string, moment: Duration | Date): number {
    if (!(moment instanceof Date)) return this.#clock() - toMs(path, moment);
    if (Number.isNaN(moment.getTime())) throw wrong(path, 'Give a valid Date, or "24h".');
    return moment.getTime();
  }
}

/** What is there of fields: undefined stands in for nothing. */
function given<T extends object>(fields: Optional<T>): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function isUnkeepable(error: unknown): boolean {
  return (
    isSynthaError(error, "TOO_LARGE") ||
    isSynthaError(error, "TOO_COMPLEX") ||
    isSynthaError(error, "INVALID_VALUE")
  );
}
