import {
  beingLoaded,
  type Change,
  type Clock,
  type Commit,
  type Decide,
  type Decision,
  decideFetchingFacts,
  requiresFlush,
  FactCache,
  type FactRequest,
  prefetchRequests,
  newEpoch,
  newRandomId,
  type Outcome,
  topicBucket,
} from "@syntha/core/storage";
import { call } from "../connection/statement.ts";
import type { Transaction } from "../connection/transaction.ts";
import type { Tables } from "../tables/index.ts";
import type { Tenant } from "../tables/tenants.ts";
import { clockOf, factReads, usageReads } from "./fact-reads.ts";
import type { CommitHeader } from "./log-writes.ts";
import { lockTenant } from "./tenant-lock.ts";
import { WriteSet } from "./write-set.ts";

/** Items that one statement counts. */
const COUNT_BATCH = 10_000;

/** A tenant whose row this transaction has locked: nobody else writes to it until the end. */
export class TenantTransaction {
  readonly #tables: Tables;
  readonly #name: string;
  readonly #transaction: Transaction;
  readonly #writes: WriteSet;
  readonly #tenant: Tenant;
  readonly #facts: FactCache;
  /** The last commit of this transaction that logs anything. */
  #last: CommitHeader | undefined;
  /** Whether this transaction was the first to count what agents own. */
  #hasCounted = false;
  readonly #expired: string[] = [];
  /** Whether anything was written before the end. */
  #isWritten = false;

  /** Locks, and reads what the commits will most likely ask for, in one round trip. */
  static async begin(
    tables: Tables,
    name: string,
    transaction: Transaction,
    commits: readonly Commit[],
    clock: Clock | undefined,
  ): Promise<TenantTransaction> {
    // Before the time is known nothing is asked that depends on it.
    const needs = prefetchRequests(commits).filter((need) => need.type !== "expired");
    const [usages, others] = [needs.filter(isUsage), needs.filter((need) => !isUsage(need))];
    const reads = factReads(tables, name, others, 0);
    const counted = usages.length === 0 ? [] : usageReads(tables, name, usages);
    const calls = [...reads, ...counted].map((each) => each.call);
    const locked = await lockTenant(tables, name, transaction, newEpoch(), calls);
    const { tenant, answers } = locked;
    if (tenant.loading !== null) throw beingLoaded(name);
    const now = Math.max(clock?.() ?? clockOf(answers), tenant.now);
    const facts = new FactCache(tenant.epoch, tenant.head, now, tenant);
    learn(answers, reads, facts);
    // A tenant that nobody has written to yet holds nothing.
    if (usages.length > 0 && tenant.head === 0) tenant.hasUsage = true;
    if (tenant.hasUsage) learn(answers.slice(reads.length), counted, facts);
    return new TenantTransaction(tables, name, transaction, tenant, facts);
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
    this.#writes = new WriteSet(tables, name);
  }

  /** The last commit of this transaction, by which it can be found in the log; undefined when nothing is logged. */
  get last(): CommitHeader | undefined {
    return this.#last;
  }

  /** Whether this transaction makes the tenant. */
  get isNew(): boolean {
    return this.#tenant.head === 0;
  }

  /** Keys of items that expired in this transaction. */
  get expired(): readonly string[] {
    return this.#expired;
  }

  get epoch(): string {
    return this.#facts.epoch;
  }

  /** Decides a commit on what those before it left, and keeps what it changes. */
  async decide(commit: Commit, decide: Decide): Promise<Outcome> {
    const facts = this.#facts;
    const decision: Decision = await decideFetchingFacts(decide, commit, facts, (needs) =>
      this.#read(needs),
    );
    if (!decision.ok) return decision;
    if (decision.extended !== undefined) {
      this.#writes.extend(decision.extended, facts.head);
      facts.extend(decision.extended);
    }
    if (decision.changes.length > 0) await this.#apply(commit.actor, decision.changes);
    if (decision.spent !== undefined) {
      this.#writes.spend(decision.spent);
      facts.spend(decision.spent);
    }
    const { epoch, head: position, now } = facts;
    return { ok: true, epoch, position, now, results: decision.results };
  }

  /** Writes what is left, and commits. */
  async commit(): Promise<void> {
    if (this.#last === undefined) {
      const counted = this.#hasCounted ? [call(this.#tables.tenants.setHasUsage, this.#name)] : [];
      const calls = this.#writes.isEmpty ? counted : this.#writes.take(this.#facts, counted);
      if (calls.length > 0 || this.#isWritten) await this.#transaction.commit(calls);
      return;
    }
    const { head, now, counts } = this.#facts;
    const { items, bytes, globals, events, agents, topics } = counts;
    const { logEntries, hasUsage } = this.#tenant;
    const { commitId } = this.#last;
    const counters = [items, bytes, globals, events, agents, topics, logEntries, hasUsage];
    const update = call(this.#tables.tenants.update, this.#name, head, commitId, now, ...counters);
    await this.#transaction.commit(this.#writes.take(this.#facts, [update]));
  }

  async #apply(by: string | null, changes: readonly Change[]): Promise<void> {
    const needs = this.#facts.needsToApply(changes);
    if (needs.length > 0) await this.#read(needs);
    if (this.#writes.collides(changes)) await this.#write();
    const line = {
      position: this.#facts.head + 1,
      commitId: newRandomId(),
      at: this.#facts.now,
      actor: by,
    };
    for (const change of changes) {
      if (change.type === "expire") this.#expired.push(change.before.key);
      if (change.type === "topicDeleted") await this.#deleteTopic(change.topic, line.position);
    }
    this.#writes.add(line, changes, this.#tenant.hasUsage);
    this.#facts.apply(changes);
    this.#tenant.logEntries += changes.length;
    this.#last = line;
  }

  /** Ends in one statement what may be very many subscriptions. */
  async #deleteTopic(topic: string, position: number): Promise<void> {
    await this.#write();
    const tables = this.#tables;
    const [answer] = await this.#transaction.run([
      call(tables.subscriptions.endAll, this.#name, topic, position),
      call(tables.events.removeTopic, this.#name, topicBucket(topic), topic),
    ]);
    this.#facts.endSubscriptions(topic, answer?.rows[0]?.[0] as number);
  }

  /** The first time that somebody asks for what agents own, all of it is counted. */
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
    // One that does not exist yet is not made by asking.
    this.#hasCounted = !this.isNew;
  }

  async #write(): Promise<void> {
    if (this.#writes.isEmpty) return;
    this.#isWritten = true;
    await this.#transaction.run(this.#writes.take(this.#facts));
  }

  async #read(needs: readonly FactRequest[]): Promise<void> {
    if (needs.some(requiresFlush)) await this.#write();
    if (needs.some(isUsage) && !this.#tenant.hasUsage) await this.#countUsages();
    const reads = factReads(this.#tables, this.#name, needs, this.#facts.now);
    const answers = await this.#transaction.run(reads.map((each) => each.call));
    learn(answers, reads, this.#facts);
  }
}

function isUsage(need: FactRequest): need is Extract<FactRequest, { type: "usage" }> {
  return need.type === "usage";
}

function learn(
  answers: Awaited<ReturnType<Transaction["run"]>>,
  reads: ReturnType<typeof factReads>,
  facts: FactCache,
): void {
  for (const [index, answer] of answers.entries()) reads[index]?.cache(answer, facts);
}
