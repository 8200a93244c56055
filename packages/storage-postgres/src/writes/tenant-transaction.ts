import {
  type CommitHeader,
  beingLoaded,
  type Change,
  type Clock,
  type Commit,
  type Decide,
  decideFetchingFacts,
  type Decision,
  effectsOf,
  FactCache,
  type FactRequest,
  newRandomId,
  type Outcome,
  prefetchRequests,
  requiresFlush,
  topicBucket,
} from "@syntha/core/storage";
import { type Answer, type Call, call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import type { FactRead } from "./fact-read.ts";
import { clockOf, factReads, usageReads } from "./fact-reads.ts";
import { lockTenant } from "./tenant-lock.ts";
import { WriteSet } from "./write-set.ts";

/** The items that one statement counts. */
const COUNT_BATCH = 10_000;

/** A locked tenant in a write transaction: decides commits and collects their changes. */
export class TenantTransaction {
  readonly #tables: Tables;
  readonly #name: string;
  readonly #transaction: Transaction;
  readonly #writes: WriteSet;
  readonly #tenant: Tenant;
  readonly #facts: FactCache;
  #last: CommitHeader | undefined;
  /** Whether this transaction has counted what agents own, for the first time. */
  #hasCounted = false;
  readonly #expired: string[] = [];
  /** Whether anything was written before {@link commit}. */
  #isWritten = false;

  /** Locks the tenant and reads the facts that the commits will most likely need, in one round trip. */
  static async begin(
    tables: Tables,
    name: string,
    transaction: Transaction,
    commits: readonly Commit[],
    clock: Clock | undefined,
  ): Promise<TenantTransaction> {
    // Facts that depend on the time are read later.
    const requests = prefetchRequests(commits).filter((request) => request.type !== "expired");
    const [usages, others] = [
      requests.filter(isUsage),
      requests.filter((request) => !isUsage(request)),
    ];
    const { isDistributed } = transaction;
    const reads = factReads(tables, name, others, clock?.(), isDistributed);
    const counted = usages.length === 0 ? [] : usageReads(tables, name, usages);
    const calls = [...reads, ...counted].map((each) => each.call);
    const locked = await lockTenant(tables, name, transaction, calls);
    const { tenant, answers } = locked;
    if (tenant.loading !== null) throw beingLoaded(name);
    const now = Math.max(clock?.() ?? clockOf(answers), tenant.now);
    const facts = new FactCache(tenant.epoch, tenant.head, now, tenant);
    const more = cacheAnswers(answers, reads, facts);
    // A tenant without commits has nothing to count.
    if (usages.length > 0 && tenant.head === 0) tenant.hasUsage = true;
    if (tenant.hasUsage) cacheAnswers(answers.slice(reads.length), counted, facts);
    const started = new TenantTransaction(tables, name, transaction, tenant, facts);
    await started.#readAll(more);
    return started;
  }

  private constructor(
    tables: Tables,
    name: string,
    transaction: Transaction,
    tenant: Tenant,
    facts: FactCache,
  ) {
    this.#tables = tables;
    this.#name = name;
    this.#transaction = transaction;
    this.#tenant = tenant;
    this.#facts = facts;
    this.#writes = new WriteSet(tables, name, !transaction.isDistributed);
  }

  /** The last commit of this transaction; undefined if nothing is logged. */
  get last(): CommitHeader | undefined {
    return this.#last;
  }

  /** Whether this transaction creates the tenant. */
  get isNew(): boolean {
    return this.#tenant.head === 0;
  }

  /** The keys of expired items that this transaction deletes. */
  get expired(): readonly string[] {
    return this.#expired;
  }

  get epoch(): string {
    return this.#facts.epoch;
  }

  /** Decides a commit, after the previous ones, and collects its changes. */
  async decide(commit: Commit, decide: Decide): Promise<Outcome> {
    const facts = this.#facts;
    const decision: Decision = await decideFetchingFacts(decide, commit, facts, (requests) =>
      this.#read(requests),
    );
    if (!decision.ok) return decision;
    const { unlogged, sightings, spent } = decision;
    if (unlogged !== undefined) {
      this.#writes.addUnlogged(unlogged, facts.head);
      facts.applyUnlogged(unlogged);
    }
    // Before the changes, because the deletion of a topic clears what is cached of agents.
    if (sightings !== undefined) {
      this.#writes.see(sightings);
      facts.see(sightings);
    }
    if (decision.changes.length > 0) await this.#apply(commit.actor, decision.changes);
    if (spent !== undefined) {
      this.#writes.spend(spent);
      facts.spend(spent);
    }
    const { epoch, head: position, now } = facts;
    return { ok: true, epoch, position, now, results: decision.results };
  }

  /**
   * Writes the collected changes and commits.
   * @param notification of a commit that is logged, to be sent along
   * @returns whether it was
   */
  async commit(notification: () => Call | undefined): Promise<boolean> {
    if (this.#last === undefined) {
      const counted = this.#hasCounted ? [call(this.#tables.tenants.setHasUsage, this.#name)] : [];
      const calls = this.#writes.isEmpty ? counted : this.#writes.take(this.#facts, counted);
      if (calls.length > 0 || this.#isWritten) await this.#transaction.commit(calls);
      return false;
    }
    const { head, now, counts } = this.#facts;
    const { items, bytes, globals, events, agents, topics } = counts;
    const { logEntries, hasUsage } = this.#tenant;
    const { commitId } = this.#last;
    const counters = [items, bytes, globals, events, agents, topics, logEntries, hasUsage];
    const update = call(this.#tables.tenants.update, this.#name, head, commitId, now, ...counters);
    const notify = this.#transaction.canFollow ? notification() : undefined;
    await this.#transaction.commit(this.#writes.take(this.#facts, [update]), notify);
    return notify !== undefined;
  }

  async #apply(actor: string | null, changes: readonly Change[]): Promise<void> {
    const effects = effectsOf(changes);
    const requests = this.#facts.requestsToApply(effects);
    if (requests.length > 0) await this.#read(requests);
    if (this.#writes.collides(effects)) await this.#write();
    const header = {
      position: this.#facts.head + 1,
      commitId: newRandomId(),
      at: this.#facts.now,
      actor,
    };
    this.#expired.push(...effects.expired);
    for (const topic of effects.deletedTopics) await this.#deleteTopic(topic, header.position);
    this.#writes.add(header, changes, effects, this.#tenant.hasUsage);
    this.#facts.apply(effects);
    this.#tenant.logEntries += changes.length;
    this.#last = header;
  }

  /** One statement each ends the topic's subscriptions and removes it from events, of which there may be very many. */
  async #deleteTopic(topic: string, position: number): Promise<void> {
    await this.#write();
    const tables = this.#tables;
    const [, answer] = await this.#transaction.run([
      call(tables.subscriptions.recordEndOfAll, this.#name, topic, position),
      call(tables.subscriptions.endAll, this.#name, topic),
      call(tables.events.removeTopic, this.#name, topicBucket(topic), topic),
    ]);
    this.#facts.endSubscriptions(topic, answer?.rows[0]?.[0] as number);
  }

  /** Counts what agents own, when that is needed for the first time. */
  async #countUsages(): Promise<void> {
    const { lastKeyOf, count } = this.#tables.usage;
    for (let after = ""; ;) {
      const last = await this.#transaction.one(call(lastKeyOf, this.#name, after, COUNT_BATCH));
      const to = last.rows[0]?.[0] as string | null;
      if (to === null) break;
      await this.#transaction.one(call(count, this.#name, after, to));
      after = to;
    }
    this.#tenant.hasUsage = true;
    // A read does not create the tenant.
    this.#hasCounted = !this.isNew;
  }

  async #write(): Promise<void> {
    if (this.#writes.isEmpty) return;
    this.#isWritten = true;
    await this.#transaction.run(this.#writes.take(this.#facts));
  }

  async #read(requests: readonly FactRequest[]): Promise<void> {
    if (requests.some(requiresFlush)) await this.#write();
    if (requests.some(isUsage) && !this.#tenant.hasUsage) await this.#countUsages();
    const { isDistributed } = this.#transaction;
    const { now } = this.#facts;
    await this.#readAll(factReads(this.#tables, this.#name, requests, now, isDistributed));
  }

  async #readAll(reads: readonly FactRead[]): Promise<void> {
    for (let left = reads; left.length > 0;) {
      const answers = await this.#transaction.run(left.map((each) => each.call));
      left = cacheAnswers(answers, left, this.#facts);
    }
  }
}

function isUsage(request: FactRequest): request is Extract<FactRequest, { type: "usage" }> {
  return request.type === "usage";
}

/** Returns what is left to read. */
function cacheAnswers(
  answers: readonly Answer[],
  reads: readonly FactRead[],
  facts: FactCache,
): FactRead[] {
  return answers.flatMap((answer, index) => reads[index]?.cache(answer, facts) ?? []);
}
