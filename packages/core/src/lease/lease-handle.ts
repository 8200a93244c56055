import { inList } from "../error/in-list.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { publishOperation } from "../session/publish-request.ts";
import type { Session } from "../session/session.ts";
import { andThen } from "../schema/maybe-async.ts";
import type { Operation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { checkFlag } from "../options/check-kind.ts";
import { checkOptions, refuseOptions } from "../options/known-options.ts";
import { type Duration, toMs } from "../time/duration.ts";
import {
  COMPLETE,
  type CompleteOptions,
  type Completed,
  COMPLETION_EVENT,
  type CompletionEvent,
  RELEASE,
  type ReleaseOptions,
} from "./lease.ts";
import { checkAttempts } from "./check-count.ts";
import { parseToken, staleToken, type TokenParts } from "../log/fencing-token.ts";

/** What a token allows, wherever it came from: tools and other processes hold nothing but key and token. */
export class LeaseHandle {
  readonly key: string;
  readonly token: string;
  protected readonly session: Session;
  readonly #by: string | null;
  readonly #held: (TokenParts & { key: string }) | undefined;
  #settled = false;

  constructor(session: Session, by: string | null, key: string, token: string) {
    this.key = key;
    this.token = token;
    this.session = session;
    this.#by = by;
    const parsed = typeof token === "string" ? parseToken(token) : undefined;
    this.#held = parsed && { key, ...parsed };
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** Sets the lease's end anew, from now; tells when that is. */
  async extend(lease: Duration): Promise<{ readonly expiresAt: Date }> {
    if (arguments.length > 1) refuseOptions("extend", arguments[1]);
    return this.#observed("extend", [lease], async () => {
      const { until } = await this.#perform({
        type: "extend",
        ...this.#need(),
        leaseMs: toMs("lease", lease),
      });
      return { expiresAt: new Date(until) };
    });
  }

  complete(result?: unknown, options: CompleteOptions = {}): Promise<Completed> {
    return this.#observed("complete", [result, options], () => this.#complete(result, options));
  }

  async #complete(result: unknown, options: CompleteOptions): Promise<Completed> {
    checkOptions(options, COMPLETE);
    const { session } = this;
    const route = session.route(options, this.key);
    if (result === undefined && (route !== undefined || options.ttl !== undefined)) {
      throw new SynthaError(
        "INVALID_ARGUMENTS",
        "Without a result the item is deleted, so no route or ttl can be given.",
        {
          hint: "Pass a result (null is one), or leave route and ttl out.",
          details: { path: "result" },
        },
      );
    }
    const expiry =
      options.ttl === undefined || options.ttl === "keep" ? options.ttl : toMs("ttl", options.ttl);
    const text = result === undefined ? undefined : session.guard.encodeItem(this.key, result);
    const events = checkEvents(options.events).map((event, i) =>
      inList(
        () => `events[${i}]`,
        () => publishOperation(session, event.type, event.data, event),
      ),
    );
    const held = this.#need();
    const completion = andThen(text, (json): Operation => ({
      type: "complete",
      ...held,
      result: json,
      route,
      expiry,
    }));
    const { results } = await session.finish(this.#by, [completion, ...events]);
    this.#settled = true;
    const { revision, topicsWithoutSubscribers } = results[0] as OpResult & { type: "complete" };
    return { revision, topicsWithoutSubscribers };
  }

  release(options: ReleaseOptions = {}): Promise<{ failed: boolean }> {
    return this.#observed("release", [options], () => this.#release(options));
  }

  async #release(options: ReleaseOptions): Promise<{ failed: boolean }> {
    checkOptions(options, RELEASE);
    checkFlag("countAttempt", options.countAttempt);
    const { failed } = await this.#perform({
      type: "release",
      ...this.#need(),
      retryInMs: options.retryIn === undefined ? 0 : toMs("retryIn", options.retryIn, true),
      refund: options.countAttempt === false,
      maxAttempts: checkAttempts(options.maxAttempts),
    });
    this.#settled = true;
    return { failed };
  }

  #observed<T>(
    name: "extend" | "complete" | "release",
    args: readonly unknown[],
    run: () => Promise<T>,
  ): Promise<T> {
    const { session, key } = this;
    if (session.interceptor === undefined) return run();
    const operation = { name, tenantId: session.tenantId, actor: this.#by, args: [key, ...args] };
    return session.interceptor.intercept({ ...operation, isBackground: false }, run);
  }

  #need(): TokenParts & { key: string } {
    this.session.checkKey(this.key);
    if (this.#held === undefined) throw staleToken(this.key);
    return this.#held;
  }

  async #perform<T extends "extend" | "release">(
    op: Operation & { type: T },
  ): Promise<Extract<OpResult, { type: T }>> {
    const { results } = await this.session.finish(this.#by, [op]);
    return results[0] as Extract<OpResult, { type: T }>;
  }
}

function checkEvents(events: CompleteOptions["events"] = []): readonly CompletionEvent[] {
  if (Array.isArray(events)) {
    for (const [i, event] of events.entries()) checkOptions(event, COMPLETION_EVENT, "events", i);
    return events;
  }
  throw new SynthaError("INVALID_ARGUMENTS", "`events` must be a list of events.", {
    hint: 'Pass events: [{ type: "done", data: {}, topics: ["results"] }].',
    details: { path: "events" },
  });
}
