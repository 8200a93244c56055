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
import {
  checkOutcome,
  checkTask,
  errorText,
  invalidArgument,
  isOutcome,
  type Outcome,
  type OutcomeInput,
} from "./outcome.ts";
import { newOutcomeId, timeOf } from "./outcome-key.ts";
import {
  checkLogOptions,
  type MeasureOptions,
  type OutcomeFilter,
  type OutcomeLogOptions,
  reportUnrecorded,
} from "./outcome-log-options.ts";
import { type GroupBy, MetricsBuilder, type OutcomeMetrics } from "./outcome-metrics.ts";
import { fromOutcomePage, type OutcomePage, toOutcomePage } from "./outcome-page.ts";

/** A page of outcomes. */
export interface OutcomeListing {
  /** Newest first. */
  readonly outcomes: readonly Outcome[];
  /** Undefined on the last page. */
  readonly nextPage: OutcomePage | undefined;
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

/** Items per read if a filter may exclude most of them. */
const PAGE_SIZE = 500;
const MAX_LIMIT = 1_000;

/**
 * Records the outcomes of agents' tasks as items of the mesh: as durable as its storage, per tenant, and visible according to
 * a route. A log of `mesh.system` records for all agents, a log of an agent for that agent only.
 * @example
 * const outcomes = new OutcomeLog(mesh.system);
 * const answer = await outcomes.measure("answer", () => callModel(question), { agent: "Sales" });
 * const [sales] = await outcomes.metrics({ agent: "Sales", since: "24h" });
 */
export class OutcomeLog {
  readonly #context: AgentContext;
  readonly #isSystem: boolean;
  readonly #route: RouteInput;
  readonly #ttl: Duration | undefined;
  readonly #prefix: string;
  readonly #onError: (error: unknown) => void;
  readonly #clock: Clock;

  /**
   * @throws INVALID_ARGUMENTS for invalid or unknown options
   * @throws INVALID_ROUTE for an invalid route
   */
  constructor(context: AgentContext<MeshSchema>, options: OutcomeLogOptions = {}) {
    const { ttl, prefix, onError, clock, route } = checkLogOptions(options);
    this.#context = context as unknown as AgentContext;
    this.#isSystem = this.#context === this.#context.mesh.system;
    this.#route = route;
    this.#ttl = ttl;
    this.#prefix = prefix;
    this.#onError = onError;
    this.#clock = clock;
  }

  /**
   * Records an outcome with one push.
   * @throws INVALID_ARGUMENTS for an invalid outcome, and the errors of `push`
   */
  async record(input: OutcomeInput): Promise<Outcome> {
    const value = checkOutcome(input, this.#agentOf(input?.agent));
    const at = this.#clock();
    const id = newOutcomeId(at);
    await this.#context.push(`${this.#prefix}${id}`, value, {
      ...this.#route,
      ttl: this.#ttl,
      ifRevision: 0,
    });
    return { id, at: new Date(at), ...value };
  }

  /**
   * Runs a function and records its duration and whether it threw. Returns or throws the function's result, even if recording
   * fails.
   * @throws INVALID_ARGUMENTS for invalid arguments, before the function runs
   */
  async measure<T>(
    task: string,
    work: () => T | Promise<T>,
    options: MeasureOptions<T> = {},
  ): Promise<T> {
    checkOptions(options, MEASURE);
    const { outcomeOf, ...fields } = options;
    checkTask(task);
    checkFunction("work", work);
    this.#agentOf(fields.agent);
    const start = performance.now();
    const recordOutcome = async (more: () => Optional<OutcomeInput>): Promise<void> => {
      const durationMs = Math.round((performance.now() - start) * 1_000) / 1_000;
      try {
        await this.#recordReduced({
          ...fields,
          task,
          success: true,
          durationMs,
          ...defined(more()),
        });
      } catch (error) {
        this.#report(error);
      }
    };
    let result: T;
    try {
      result = await work();
    } catch (error) {
      await recordOutcome(() => ({ success: false, error: errorText(error) }));
      throw error;
    }
    await recordOutcome(() => outcomeOf?.(result) ?? {});
    return result;
  }

  /**
   * Lists the outcomes that this log's agent can see, newest first. The cost grows with the outcomes recorded since the oldest
   * one on the page.
   * @throws INVALID_ARGUMENTS for an invalid filter
   * @throws INVALID_CURSOR for an invalid page token
   */
  async recent(
    filter: OutcomeFilter & {
      /**
       * 1 to 1,000.
       * @default 100
       */
      readonly limit?: number | undefined;
      /** `nextPage` of the previous listing. */
      readonly page?: OutcomePage | undefined;
    } = {},
  ): Promise<OutcomeListing> {
    checkOptions(filter, RECENT);
    const { limit = 100, page } = filter;
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT))
      throw invalidArgument("limit", `Pass an integer from 1 to ${MAX_LIMIT}.`);
    const outcomes: Outcome[] = [];
    const position = page === undefined ? undefined : fromOutcomePage(page);
    for await (const found of this.#matching(filter, limit, position?.page)) {
      if (position !== undefined && found.outcome.id <= position.after) continue;
      if (outcomes.length === limit) {
        const after = outcomes.at(-1)?.id ?? "";
        return { outcomes, nextPage: toOutcomePage({ after, page: found.page }) };
      }
      outcomes.push(found.outcome);
    }
    return { outcomes, nextPage: undefined };
  }

  /**
   * Returns counts, success rates and durations. Reads all outcomes since `since`.
   * @throws INVALID_ARGUMENTS for an invalid filter
   */
  async metrics(
    filter: OutcomeFilter & {
      /**
       * An empty list: one group of all outcomes.
       * @default ["agent", "task"]
       */
      readonly by?: readonly GroupBy[] | undefined;
    } = {},
  ): Promise<OutcomeMetrics[]> {
    checkOptions(filter, METRICS);
    const { by = ["agent", "task"] } = filter;
    if (!Array.isArray(by) || by.some((field) => field !== "agent" && field !== "task"))
      throw invalidArgument("by", 'Pass a list of "agent" and "task".');
    const builder = new MetricsBuilder(by);
    for await (const { outcome } of this.#matching(filter, PAGE_SIZE)) builder.add(outcome);
    return builder.build();
  }

  /**
   * Deletes outcomes older than a date or a duration; a log of an agent deletes only that agent's. Returns their number.
   * @throws INVALID_ARGUMENTS for an invalid duration or date
   */
  async clear(filter: { readonly olderThan: Duration | Date }): Promise<number> {
    checkOptions(filter, CLEAR);
    const cutoff = this.#toMs("olderThan", filter.olderThan);
    let deleted = 0;
    for (let page: Page | undefined; ;) {
      const listing = await this.#context.list({ ...this.#query(page, PAGE_SIZE), values: false });
      const old = listing.items.filter((item) => {
        const at = timeOf(this.#idOf(item));
        return (
          at !== undefined && at < cutoff && (this.#isSystem || item.owner === this.#context.name)
        );
      });
      const results = await Promise.all(old.map(({ key }) => this.#context.delete(key)));
      deleted += results.filter(Boolean).length;
      if (listing.nextPage === undefined) return deleted;
      page = listing.nextPage;
    }
  }

  async #recordReduced(input: OutcomeInput): Promise<void> {
    await this.record(input).catch((error: unknown) => {
      if (!isInvalidData(error)) throw error;
      // The outcome is recorded without the data that the mesh refuses.
      const { input: _, output: __, metadata: ___, ...rest } = input;
      return this.record(rest);
    });
  }

  /** Ignores errors of `onError`, too: they must not replace the result. */
  #report(error: unknown): void {
    ignoringErrors(() => {
      const result: unknown = this.#onError(error);
      if (result instanceof Promise) result.catch((failure: unknown) => reportUnrecorded(failure));
    });
  }

  /** Newest first, each with the page that contains it. */
  async *#matching(
    filter: OutcomeFilter,
    limit: number,
    from?: Page,
  ): AsyncGenerator<{ outcome: Outcome; page: Page | undefined }> {
    const { since, agent, task, success } = filter;
    const start = since === undefined ? Number.NEGATIVE_INFINITY : this.#toMs("since", since);
    const isFiltered = agent !== undefined || task !== undefined || success !== undefined;
    for (let page = from; ;) {
      const listing = await this.#context.list(this.#query(page, isFiltered ? PAGE_SIZE : limit));
      for (const item of listing.items) {
        const outcome = this.#toOutcome(item);
        if (outcome === undefined) continue;
        if (outcome.at.getTime() < start) return;
        if (agent !== undefined && outcome.agent !== agent) continue;
        if (task !== undefined && outcome.task !== task) continue;
        if (success !== undefined && outcome.success !== success) continue;
        yield { outcome, page };
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

  /** Undefined for other items. The author recorded by the mesh takes precedence over the value's agent. */
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
      throw invalidArgument(
        "agent",
        `This log records for ${name} only; a log of mesh.system records for all agents.`,
      );
    }
    if (agent === undefined) throw invalidArgument("agent", "Pass the name of the agent.");
    checkAgentName(agent, "Pass the name of the agent.");
    return agent;
  }

  #toMs(path: string, time: Duration | Date): number {
    if (!(time instanceof Date)) return this.#clock() - toMs(path, time);
    if (Number.isNaN(time.getTime()))
      throw invalidArgument(path, 'Pass a valid Date, or a duration such as "24h".');
    return time.getTime();
  }
}

/** Without undefined fields, which would override others. */
function defined<T extends object>(fields: Optional<T>): Partial<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function isInvalidData(error: unknown): boolean {
  return (
    isSynthaError(error, "TOO_LARGE") ||
    isSynthaError(error, "TOO_COMPLEX") ||
    isSynthaError(error, "INVALID_VALUE")
  );
}
