import { knownNamesOf, routed, toRouteReport } from "../agents/route-report.ts";
import { inList } from "../error/in-list.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { publishOperation } from "../events/publish.ts";
import { toReadSet } from "../items/read-set.ts";
import { parseToken, staleToken, type TokenParts } from "../log/fencing-token.ts";
import { checkOptions, refuseOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import { andThen, type MaybeAsync } from "../schema/maybe-async.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import type { Session } from "../session/session.ts";
import { type Push, putOperations, toPushedMany } from "../items/push.ts";
import { taskSettings } from "../items/task-options.ts";
import type { Commit, CompleteOperation, LeaseOperation, Operation } from "../storage/operation.ts";
import type { OpResult } from "../storage/outcome.ts";
import { type Duration, toMs } from "../time/duration.ts";
import {
  COMPLETE,
  type CompleteOptions,
  type Completed,
  COMPLETION_EVENT,
  type CompletionEvent,
  type FollowUps,
  HAND_OFF,
  type HandedOff,
  type HandOffOptions,
  RELEASE,
  type ReleaseOptions,
} from "./lease.ts";
import { releaseSettings } from "./release.ts";

/**
 * A lease by its key and token, for tools and other processes, which hold no {@link Lease}. Made by
 * {@link AgentContext.lease}.
 */
export class LeaseHandle {
  readonly key: string;
  readonly token: string;
  protected readonly session: Session;
  readonly #actor: Actor;
  readonly #parts: TokenParts | undefined;
  #settled = false;

  constructor(session: Session, actor: Actor, key: string, token: string) {
    this.key = key;
    this.token = token;
    this.session = session;
    this.#actor = actor;
    this.#parts = typeof token === "string" ? parseToken(token) : undefined;
  }

  /** Whether this object completed it, handed it off or released it. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Sets the lease's end to this long from now. @throws STALE_TOKEN */
  extend(lease: Duration): Promise<{ readonly expiresAt: Date }> {
    const surplus: unknown = arguments[1];
    return this.#run("extend", [lease], async () => {
      refuseOptions("extend", surplus);
      const leaseMs = toMs("lease", lease);
      const { until } = await this.#perform({ type: "extend", ...this.#held(), leaseMs });
      return { expiresAt: new Date(until) };
    });
  }

  /** See {@link Lease.complete}. @throws STALE_TOKEN; what a push or an event throws */
  complete(result?: unknown, options: CompleteOptions = {}): Promise<Completed> {
    return this.#run("complete", [result, options], async () => {
      checkOptions(options, COMPLETE);
      const { encoder } = this.session;
      const { text, ...rest } = encodeResult(encoder, this.key, result, options);
      const more = followUps(encoder, options);
      const held = this.#held();
      const op = andThen(text, (json): Operation => ({
        type: "complete",
        ...held,
        result: json,
        ...rest,
      }));
      return this.#settle(op, more);
    });
  }

  /** See {@link Lease.handOff}. @throws STALE_TOKEN; what a push or an event throws */
  handOff(value: unknown, options: HandOffOptions = {}): Promise<HandedOff> {
    return this.#run("handOff", [value, options], async () => {
      checkOptions(options, HAND_OFF);
      const { encoder } = this.session;
      const { route, expiry } = routeAndExpiry(encoder, this.key, options);
      const task = taskSettings(encoder, this.key, options);
      const text = encoder.schema.encodeItem(this.key, value);
      const more = followUps(encoder, options);
      const held = this.#held();
      const op = andThen(text, (json): Operation => ({
        type: "handOff",
        ...held,
        value: json,
        route,
        expiry,
        task,
      }));
      return this.#settle(op, more) as Promise<HandedOff>;
    });
  }

  /** See {@link Lease.release}. @throws STALE_TOKEN */
  release(options: ReleaseOptions = {}): Promise<{ readonly failed: boolean }> {
    return this.#run("release", [options], async () => {
      checkOptions(options, RELEASE);
      const settings = releaseSettings(options);
      const { failed } = await this.#perform({ type: "release", ...this.#held(), ...settings });
      this.#settled = true;
      return { failed };
    });
  }

  #run<T>(
    name: "extend" | "complete" | "handOff" | "release",
    args: readonly unknown[],
    body: () => Promise<T>,
  ): Promise<T> {
    return this.session.operations.run(name, this.#actor, [this.key, ...args], body);
  }

  /** Commits what ends the lease, with what follows it. */
  async #settle(
    op: MaybeAsync<Operation>,
    { pushes, ops, readSet }: FollowUpOperations,
  ): Promise<Completed> {
    const { session } = this;
    const commit = session.commitWhileClosing(this.#actor, [op, ...ops], readSet);
    const { results } = await routed(session, commit);
    this.#settled = true;
    const [result, ...others] = results;
    const settled = result as OpResult & { type: "complete" | "handOff" };
    const report = await toRouteReport(settled, knownNamesOf(session));
    const pushed = await toPushedMany(session, pushes, others);
    return { revision: settled.revision, ...report, pushed };
  }

  #held(): LeaseOperation {
    this.session.encoder.checkKey(this.key);
    if (this.#parts === undefined) throw staleToken(this.key);
    return { key: this.key, ...this.#parts };
  }

  async #perform<T extends "extend" | "release">(
    op: Operation & { type: T },
  ): Promise<Extract<OpResult, { type: T }>> {
    const { results } = await this.session.commitWhileClosing(this.#actor, [op]);
    return results[0] as Extract<OpResult, { type: T }>;
  }
}

function encodeResult(
  encoder: RequestEncoder,
  key: string,
  result: unknown,
  options: CompleteOptions,
): Pick<CompleteOperation, "route" | "expiry"> & { text: MaybeAsync<string> | undefined } {
  const { ttl } = options;
  const { route, expiry } = routeAndExpiry(encoder, key, options);
  if (result === undefined && (route !== undefined || ttl !== undefined)) {
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      "Without a result the item is deleted, so no route or ttl can be given.",
      {
        hint: "Pass a result (null is one), or leave route and ttl out.",
        details: { path: "result" },
      },
    );
  }
  const text = result === undefined ? undefined : encoder.schema.encodeItem(key, result);
  return { route, expiry, text };
}

function routeAndExpiry(
  encoder: RequestEncoder,
  key: string,
  options: CompleteOptions | HandOffOptions,
): Pick<CompleteOperation, "route" | "expiry"> {
  const { ttl } = options;
  const expiry = ttl === undefined || ttl === "keep" ? ttl : toMs("ttl", ttl);
  return { route: encoder.toRoute(options, key), expiry };
}

/** What the commit of a completion or a hand-off has besides it: the pushes first. */
interface FollowUpOperations {
  readonly pushes: readonly Push[];
  readonly ops: readonly MaybeAsync<Operation>[];
  readonly readSet: Commit["ifRevisions"];
}

function followUps(
  encoder: RequestEncoder,
  { push: pushes = [], events, ifRevisions }: FollowUps,
): FollowUpOperations {
  const puts =
    Array.isArray(pushes) && pushes.length === 0 ? [] : putOperations(encoder, pushes, "push");
  const ops = [...puts, ...eventOperations(encoder, events)];
  return { pushes, ops, readSet: toReadSet(encoder, { ifRevisions }) };
}

function eventOperations(
  encoder: RequestEncoder,
  events: CompleteOptions["events"] = [],
): MaybeAsync<Operation>[] {
  return checkEvents(events).map((event, i) =>
    inList(
      () => `events[${i}]`,
      () => publishOperation(encoder, event.type, event.data, event),
    ),
  );
}

function checkEvents(events: unknown): readonly CompletionEvent[] {
  if (Array.isArray(events)) {
    for (const [i, event] of events.entries()) checkOptions(event, COMPLETION_EVENT, "events", i);
    return events as readonly CompletionEvent[];
  }
  throw new SynthaError("INVALID_ARGUMENTS", "`events` must be a list of events.", {
    hint: 'Pass events: [{ type: "done", data: {}, topics: ["results"] }].',
    details: { path: "events" },
  });
}
