import { SynthaError } from "@syntha/core";
import {
  type Clock,
  type Commit,
  type CompactRequest,
  type CompactResult,
  type Decide,
  decide,
  type DropRequest,
  type DropResult,
  type LoadRequest,
  type LoadResult,
  type Outcome,
  systemPause,
} from "@syntha/core/storage";
import { charactersIn, MAX_CALL_CHARACTERS } from "../protocol/call-size.ts";
import { toCommits, toOutcomeData } from "../protocol/commit-data.ts";
import {
  type CommitData,
  type OutcomeData,
  type Registration,
  UNREGISTERED,
  type Unregistered,
} from "../protocol/methods.ts";
import type { ExpiryAlarm } from "./expiry-alarm.ts";
import { isTooBig, recordTooLarge, rowTooLarge } from "./failure.ts";
import { isValid } from "./registration.ts";
import type { TenantTables } from "./tenant-tables.ts";

/** Items that one transaction of a sweep removes. */
const SWEEP_BATCH = 100;

/** The outcome of commits after those whose results fill an answer. It is not sent. */
const DEFERRED = {
  ok: false,
  error: new SynthaError("UNAVAILABLE", "The answer is full.", { hint: "Call again." }),
} as const;

/** What the tenant needs of its object. */
export interface TenantHost {
  /** Undefined: nothing is swept without a request. */
  readonly alarm: ExpiryAlarm | undefined;
  /** The time of commits and expiry. */
  readonly clock: Clock;
  /** Called after commits. */
  readonly notify: () => void;
  /** Removes everything that the object stores, within the call. */
  readonly deleteAll: () => void;
}

/** What is written to the tenant that an object holds, by calls and by the object's alarm. */
export class TenantWrites {
  readonly #host: TenantHost;
  readonly #tables: TenantTables;

  constructor(host: TenantHost, tables: TenantTables) {
    this.#host = host;
    this.#tables = tables;
  }

  /** Returns fewer outcomes than there are commits if more do not fit the answer: those after them are not applied. */
  async commit(
    tenantId: string,
    commits: readonly CommitData[],
    registration?: Registration,
  ): Promise<readonly OutcomeData[] | Unregistered> {
    const outcomes = await this.#commit(tenantId, toCommits(commits), this.#accepts(registration));
    return outcomes === UNREGISTERED ? outcomes : outcomes.map(toOutcomeData);
  }

  async dropTenant(
    request: DropRequest,
    registration: Registration,
  ): Promise<DropResult | Unregistered> {
    if (!this.#accepts(registration)) return UNREGISTERED;
    const { tenantId } = request;
    const { existed, isComplete } = await this.#tables.write(
      (storage) => storage.dropTenant(request),
      () => false,
    );
    if (existed) this.#host.notify();
    if (!isComplete) await this.#tables.runSteps((storage) => storage.dropStep(tenantId));
    // In the same turn as the check, so that no write comes between.
    if (this.#tables.read((storage) => storage.presenceOf(tenantId)) === "none") this.#deleteAll();
    return { existed };
  }

  async compact(request: CompactRequest): Promise<CompactResult> {
    const { floor, isDue } = this.#tables.read((storage) => storage.compactionOf(request));
    if (!isDue) return { floor, removed: 0, more: false };
    return this.#tables.write(
      (storage) => storage.compact(request),
      () => false,
    );
  }

  async load(
    request: LoadRequest,
    registration?: Registration,
  ): Promise<LoadResult | Unregistered> {
    const mayCreate = this.#accepts(registration);
    for (;;) {
      const loaded = await this.#load(request, mayCreate);
      if (loaded === undefined) {
        await systemPause(0);
        continue;
      }
      if (loaded !== UNREGISTERED && loaded.loading === null) this.#changed(request.tenantId, true);
      return loaded;
    }
  }

  /** Removes expired items: called by the object's alarm. Other calls run in between. */
  async sweep(): Promise<void> {
    const { alarm, clock } = this.#host;
    try {
      const [tenantId] = this.#tables.read((storage) =>
        storage.listTenants({ limit: 1 }),
      ).tenantIds;
      if (tenantId === undefined) return alarm?.rearm(undefined, clock());
      while (await this.#sweepBatch(tenantId)) await systemPause(0);
      alarm?.rearm(
        this.#tables.read((storage) => storage.nextExpiry(tenantId)),
        clock(),
      );
    } catch (error) {
      alarm?.retry(clock());
      throw error;
    }
  }

  /** Returns whether there may be more. */
  async #sweepBatch(tenantId: string): Promise<boolean> {
    const commit: Commit = { actor: null, ops: [{ type: "sweep", limit: SWEEP_BATCH }] };
    const outcomes = await this.#commit(tenantId, [commit], false);
    if (outcomes === UNREGISTERED) return false;
    const [outcome] = outcomes;
    if (outcome?.ok === false) throw outcome.error;
    const [result] = outcome?.results ?? [];
    return result?.type === "sweep" && result.swept === SWEEP_BATCH;
  }

  async #commit(
    tenantId: string,
    commits: readonly Commit[],
    mayCreate: boolean,
  ): Promise<readonly Outcome[] | Unregistered> {
    try {
      const { outcomes, changed, isCreated } = await this.#tables.write(
        (storage) => storage.commit(tenantId, commits, decideFitting(), mayCreate),
        (result) => result.isCreated && mayCreate,
      );
      if (isCreated && !mayCreate) return UNREGISTERED;
      if (changed) this.#changed(tenantId, commits.some(setsExpiry));
      return outcomes.filter((outcome) => outcome !== DEFERRED);
    } catch (error) {
      if (!isTooBig(error)) throw error;
      const [first] = commits;
      if (first !== undefined && commits.length === 1)
        return [{ ok: false, error: rowTooLarge(first) }];
    }
    // One of them is rejected, and must not affect the others.
    const all: Outcome[] = [];
    let free = MAX_CALL_CHARACTERS;
    for (const commit of commits) {
      if (free <= 0) break;
      const outcomes = await this.#commit(tenantId, [commit], mayCreate);
      if (outcomes === UNREGISTERED) return outcomes;
      all.push(...outcomes);
      free -= charactersIn(outcomes);
    }
    return all;
  }

  /** @param hasExpiry Whether an expiry may have come forward. */
  #changed(tenantId: string, hasExpiry: boolean): void {
    const { alarm, notify } = this.#host;
    if (hasExpiry && alarm !== undefined)
      alarm.advance(this.#tables.read((storage) => storage.nextExpiry(tenantId)));
    notify();
  }

  /** Returns undefined when it has to be called again. */
  async #load(
    request: LoadRequest,
    mayCreate: boolean,
  ): Promise<LoadResult | Unregistered | undefined> {
    try {
      return await this.#tables.write(
        (storage) =>
          mayCreate || storage.presenceOf(request.tenantId) !== "none"
            ? storage.load(request)
            : UNREGISTERED,
        (loaded) => loaded !== UNREGISTERED,
      );
    } catch (error) {
      throw isTooBig(error) ? recordTooLarge(request) : error;
    }
  }

  #deleteAll(): void {
    const { alarm, deleteAll } = this.#host;
    alarm?.clear();
    deleteAll();
    this.#tables.forget();
  }

  /** Whether a call with this registration may create the tenant, or drop it. */
  #accepts(registration: Registration | undefined): boolean {
    return isValid(registration, Date.now());
  }
}

/** Decides commits until their results fill an answer. */
function decideFitting(): Decide {
  let free = MAX_CALL_CHARACTERS;
  return (commit, facts) => {
    if (free <= 0) return DEFERRED;
    const decision = decide(commit, facts);
    if (decision.ok) free -= charactersIn(decision.results);
    return decision;
  };
}

/** Whether the commit sets a time at which an item expires, rather than keeping one. */
function setsExpiry({ ops }: Commit): boolean {
  return ops.some((op) => "expiry" in op && typeof op.expiry === "number");
}
