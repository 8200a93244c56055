import { beingLoaded } from "../storage/check-load.ts";
import { noTenant } from "../copy/compare-tenants.ts";
import { CopyEndpoint } from "../copy/copy-endpoint.ts";
import { checkBatch } from "../copy/copy-page-size.ts";
import type { TenantReadOptions } from "../copy/tenant-read-options.ts";
import { type CopyProgress, totalsOf } from "../copy/copy-progress.ts";
import { SynthaError } from "../error/syntha-error.ts";
import { checkCallback, checkSignal } from "../options/check-kind.ts";
import { checkOptions, knownOptions } from "../options/known-options.ts";
import { acquireStorage, releaseStorage } from "../session/storage-references.ts";
import { checkTenantId } from "../session/tenant-id.ts";
import { checkStorage } from "../storage/check-storage.ts";
import { requireSupport, type Supporting } from "../storage/support.ts";
import type { EntryRecord, TenantHeader } from "../storage/tenant-record.ts";
import { MAX_PAGE } from "../view/page-token.ts";
import { Findings, type VerificationDifference } from "./findings.ts";
import { FoldedAgents } from "./folded-agents.ts";
import { FoldedItems } from "./folded-items.ts";
import { LogSequence } from "./log-sequence.ts";
import { Recount } from "./recount.ts";
import { StoredEvents } from "./stored-events.ts";
import { StoredIndexes } from "./stored-indexes.ts";

const VERIFY = knownOptions<TenantReadOptions>("verifyTenant", {
  storage: true,
  tenantId: true,
  batch: true,
  onProgress: true,
  signal: true,
});

/** What was compared. */
interface Verified {
  /** Entries of the log and of histories. */
  readonly entries: number;
  /** Items, also expired ones. */
  readonly items: number;
  readonly events: number;
  /** Agents whose view was compared with the rule of visibility. */
  readonly agents: number;
  /** The last position of the log, and the last that it no longer holds. */
  readonly head: number;
  readonly floor: number;
}

export type TenantVerification =
  | ({ readonly equal: true } & Verified)
  | ({
      readonly equal: false;
      /** The first hundred. */
      readonly differences: readonly VerificationDifference[];
    } & Verified);

const AGAIN = "Call verifyTenant again. It starts at the first record.";
const MAX_TRIES = 3;
const REPORTED = 1_000;

/**
 * Folds the log of a tenant from its floor, and compares what it folds to with what is stored: items and their leases,
 * subscriptions, permissions, cards, events; and the counters and index buckets of the storage with the records. The log
 * itself must have every commit once. Of an item that the log no longer names, only what can be computed is compared.
 *
 * It reads each record once, and keeps in memory what the log changed, without values. If the tenant is written to meanwhile
 * and something differs, it starts again, up to twice.
 *
 * @throws NOT_FOUND if there is no such tenant; UNAVAILABLE if it is an unfinished copy, or is written to all the time;
 * ABORTED; MISCONFIGURED
 * @see {@link compareTenants}, which compares two storages
 * @example
 * const verification = await verifyTenant({ storage, tenantId: "acme" });
 * if (!verification.equal) console.error(verification.differences); // [ { record: 'item "plan"', field: 'row.value' } ]
 */
export async function verifyTenant(options: TenantReadOptions): Promise<TenantVerification> {
  checkOptions(options, VERIFY);
  const { storage, tenantId, batch = MAX_PAGE, onProgress = () => undefined, signal } = options;
  checkCallback("onProgress", options.onProgress);
  checkSignal(signal);
  checkTenantId(tenantId);
  checkBatch(batch);
  checkStorage(storage);
  const from = requireSupport(storage, "dump");
  await acquireStorage(storage);
  try {
    const source = new CopyEndpoint(from, tenantId, batch, signal, AGAIN, true);
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      const verification = await new Verifier(from, source, onProgress).run();
      if (verification !== undefined) return verification;
    }
  } finally {
    await releaseStorage(storage);
  }
  throw new SynthaError(
    "UNAVAILABLE",
    `The tenant "${tenantId}" was written to during each attempt to verify it.`,
    {
      hint: "Verify it while its writers are stopped, or verify a copy.",
    },
  );
}

class Verifier {
  readonly #storage: Supporting<"dump">;
  readonly #source: CopyEndpoint;
  readonly #onProgress: (progress: CopyProgress) => void;
  readonly #findings = new Findings();
  #totals: Awaited<ReturnType<typeof totalsOf>> = {};

  constructor(
    storage: Supporting<"dump">,
    source: CopyEndpoint,
    onProgress: (progress: CopyProgress) => void,
  ) {
    this.#storage = storage;
    this.#source = source;
    this.#onProgress = onProgress;
  }

  /** Undefined if something differs and the tenant was written to meanwhile. */
  async run(): Promise<TenantVerification | undefined> {
    const header = await this.#header();
    const { tenantId } = this.#source;
    this.#totals = await totalsOf(this.#storage, tenantId);
    const stats = await this.#storage.stats(tenantId);
    const [items, agents] = [
      new FoldedItems(header, this.#findings),
      new FoldedAgents(header, this.#findings),
    ];
    const recount = new Recount(stats.now);
    const { entries, events } = await this.#readLog(header, items, agents);
    await this.#readAgents(agents, recount);
    const rows = await this.#readItems(items, recount);
    const indexes = new StoredIndexes(this.#storage, this.#source, recount, this.#findings);
    indexes.checkCounts(stats, events, entries);
    await indexes.checkTopics();
    const compared = await indexes.checkAudiences();
    const { head, floor } = header;
    const verified = { entries, items: rows, events, agents: compared, head, floor };
    const { differences } = this.#findings;
    if (differences.length === 0) return { equal: true, ...verified };
    const now = await this.#header();
    const after = await this.#storage.stats(tenantId);
    const isSame =
      now.headCommitId === header.headCommitId && now.head === head && now.floor === floor;
    if (!isSame || after.now >= recount.nextExpiry) return undefined;
    return { equal: false, differences, ...verified };
  }

  async #header(): Promise<TenantHeader> {
    const { header, loading } = await this.#source.loadState();
    if (loading !== null) throw beingLoaded(this.#source.tenantId);
    if (header === null) throw noTenant(this.#source.tenantId);
    return header;
  }

  async #readLog(
    header: TenantHeader,
    items: FoldedItems,
    agents: FoldedAgents,
  ): Promise<{ readonly entries: number; readonly events: number }> {
    const sequence = new LogSequence(header, this.#findings);
    const events = new StoredEvents(this.#source.records("events"), header, this.#findings);
    for await (const record of this.#source.records("log")) {
      const entry = record as EntryRecord;
      sequence.add(entry);
      items.add(entry);
      agents.add(entry);
      if (entry.change.type === "event") await events.add(entry);
      this.#report("log", sequence.count);
    }
    sequence.finish();
    await events.finish();
    return { entries: sequence.count, events: events.count };
  }

  async #readAgents(agents: FoldedAgents, recount: Recount): Promise<void> {
    let count = 0;
    for await (const record of this.#source.records("agents")) {
      if (record.type !== "agent") continue;
      const { name } = record;
      agents.check(record);
      for (const { topic } of record.subscriptions) recount.addSubscription(name, topic);
      this.#report("agents", ++count);
    }
    for await (const record of this.#source.records("pastSubscriptions"))
      if (record.type === "pastSubscription") agents.checkPast(record);
    agents.finish();
  }

  async #readItems(items: FoldedItems, recount: Recount): Promise<number> {
    let count = 0;
    for await (const record of this.#source.records("items")) {
      if (record.type !== "item" || record.row === null) continue;
      items.check(record.row);
      recount.addItem(record.row);
      this.#report("items", ++count);
    }
    items.finish();
    return count;
  }

  #report(section: CopyProgress["section"], done: number): void {
    if (done % REPORTED === 0) this.#onProgress({ section, done, total: this.#totals[section] });
  }
}
