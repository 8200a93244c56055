import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import { headPosition, type LogPosition } from "../log/log-position.ts";
import { beingLoaded, loadedFromElsewhere, tenantExists } from "../storage/check-load.ts";
import type { DumpPage, DumpRange, TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { differencesBetween, noTenant, type TenantDifference } from "./compare-tenants.ts";
import type { CopyOptions, TenantCopy } from "./copy-tenant.ts";
import type { CopyPageSize } from "./copy-page-size.ts";
import { DUMP_SECTIONS, type DumpSection, rangeAfter } from "./dump-section.ts";
import { type CopyProgress, totalsOf } from "./copy-progress.ts";
import { type CopyEndpoint, positionAfter } from "./copy-endpoint.ts";
import { SourceChanges } from "./source-changes.ts";
import { type CopyState, parseCopyState, toProgress } from "./copy-state.ts";

/** Restarts after which the log of the source is compacted too fast to be copied. */
const MAX_RESTARTS = 5;
/** A write whose outcome is unknown is repeated: writing the same page twice changes nothing. */
const MAX_ATTEMPTS = 3;
/** Pages of changes in a row that bring the copy no closer to the head of its source. */
const MAX_PAGES_WITHOUT_GAIN = 200;
const MAX_DIFFERENCES = 10;
const REPORT_EVERY = 1_000;

type CopierOptions = Pick<CopyOptions, "verify" | "whenCaughtUp" | "onProgress">;

/**
 * One run of a copy. The target keeps the progress with each page that it loads, so that a later run resumes it. A run is
 * in one of these states:
 *
 * 1. **start**: checks both tenants. A target that was copied from this source resumes at its progress; any other
 *    existing tenant ends the run with TENANT_EXISTS.
 * 2. **scan**: copies all sections in order, each page from its own snapshot of the source. Log entries after `start`,
 *    the head when the scan began, are left to the next state.
 * 3. **catch up**: reads the source's log from `start` and copies what its entries changed, until a page reaches the
 *    head. The page that does so comes from one snapshot, and the copy then equals the source in that snapshot.
 * 4. **verify** (optional): compares both tenants, ignores what changed at the source since, and catches up again.
 *    A difference ends the run with STORAGE_MISMATCH, and the copy stays hidden.
 * 5. **complete**: awaits `whenCaughtUp`, and catches up a last time. The last page makes the copy visible.
 *
 * If the source's log is compacted past the position that the run needs, the run restarts at **scan**. Each state may end
 * with an error; the progress remains, and the next run resumes there.
 */
export class TenantCopier {
  readonly #source: CopyEndpoint;
  readonly #target: CopyEndpoint;
  readonly #options: CopierOptions;
  readonly #pageSize: CopyPageSize;
  #totals: Awaited<ReturnType<typeof totalsOf>> = {};
  /** The load progress of the target; null: it does not exist. */
  #progress: string | null = null;
  #state: CopyState | undefined;
  #rounds = 0;
  #restarts = 0;
  #resumed = false;

  constructor(source: CopyEndpoint, target: CopyEndpoint, options: CopierOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#pageSize = source.pageSize();
  }

  async run(): Promise<TenantCopy> {
    const source = await this.#checkSource();
    await this.#resume(source);
    this.#totals = await totalsOf(this.#source.storage, this.#source.tenantId);
    for (;;) {
      try {
        return await this.#copy();
      } catch (error) {
        if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
        if (this.#restarts === MAX_RESTARTS) throw this.#compactedTooFast(error);
        this.#restarts++;
        this.#state = undefined;
      }
    }
  }

  async #copy(): Promise<TenantCopy> {
    const { whenCaughtUp, verify = true } = this.#options;
    await this.#scan();
    await this.#catchUp();
    if (verify) {
      await this.#verify();
      await this.#catchUp();
    }
    if (whenCaughtUp !== undefined) await whenCaughtUp();
    const { head } = await this.#catchUp("complete");
    return { ...(await this.#contentFigures()), head, ...this.#runFigures(), verified: verify };
  }

  #runFigures(): Pick<TenantCopy, "rounds" | "restarts" | "resumed"> {
    return { rounds: this.#rounds, restarts: this.#restarts, resumed: this.#resumed };
  }

  async #checkSource(): Promise<TenantHeader> {
    const { header, loading } = await this.#source.loadState();
    if (header === null) throw noTenant(this.#source.tenantId);
    if (loading !== null) throw beingLoaded(this.#source.tenantId);
    return header;
  }

  /** Resumes an earlier run from the same source. */
  async #resume(source: TenantHeader): Promise<void> {
    const { tenantId } = this.#target;
    const { header, loading } = await this.#target.loadState();
    if (header === null) return;
    if (loading === null) throw tenantExists(tenantId);
    if (header.epoch !== source.epoch) throw loadedFromElsewhere(tenantId);
    const state = parseCopyState(loading, tenantId);
    this.#progress = loading;
    this.#resumed = true;
    this.#state = state;
    const reached = state.next.section === "changes" ? state.next.after : state.start;
    try {
      await this.#source.page({ section: "changes", after: reached }, 1);
    } catch (error) {
      if (isSynthaError(error, "INVALID_CURSOR")) throw loadedFromElsewhere(tenantId);
      if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
      this.#state = undefined;
    }
  }

  /** Copies all sections, each page from its own snapshot. */
  async #scan(): Promise<void> {
    for (;;) {
      const { next = { section: DUMP_SECTIONS[0] as "agents" }, done = 0 } = this.#state ?? {};
      if (next.section === "changes") return;
      const page = await this.#read(next);
      const start = this.#state?.start ?? headPosition(page.header);
      // Entries that were removed from the log can't be caught up with.
      if (page.header.floor > start.position) throw compactedPastStart(page.header.floor);
      const records = page.records.filter((record) => !isAfter(record, start));
      const last = records.at(-1);
      const isLast = page.isLast || last === undefined || records.length < page.records.length;
      const total = done + records.length;
      await this.#load(page.header, records, {
        start,
        next: isLast ? nextSection(next.section, start) : rangeAfter(last),
        done: isLast ? 0 : total,
      });
      this.#report(next.section, total);
    }
  }

  /**
   * Copies what was written since. The last page has all that is missing in one snapshot: the copy then equals the source
   * in that snapshot. With `complete`, that page makes the copy visible.
   */
  async #catchUp(complete?: "complete"): Promise<TenantHeader> {
    let [nearest, pages] = [Number.POSITIVE_INFINITY, 0];
    for (let total = 0; ;) {
      const { start, next } = this.#state as CopyState;
      const { header, records, isLast } = await this.#read(next);
      if (isLast && records.length === 0 && !complete) return header;
      const after = isLast ? headPosition(header) : positionAfter(records, header);
      const state = { start, next: { section: "changes", after }, done: 0 } as const;
      await this.#load(header, records, isLast && complete ? null : state);
      if (records.length > 0) this.#rounds++;
      total += records.length;
      this.#report("changes", total);
      if (isLast) return header;
      const distance = header.head - after.position;
      if (distance < nearest) [nearest, pages] = [distance, 0];
      else if (++pages === MAX_PAGES_WITHOUT_GAIN) throw this.#writtenTooFast();
    }
  }

  /** Compares both tenants, ignoring what the source has changed since. */
  async #verify(): Promise<void> {
    const { next } = this.#state as CopyState;
    const since = new SourceChanges(
      this.#source,
      (next as DumpRange & { section: "changes" }).after,
    );
    const found: TenantDifference[] = [];
    let done = 0;
    const count = (): void => {
      if (++done % REPORT_EVERY === 0) this.#report("verifying", done);
    };
    const differences = differencesBetween(this.#source, this.#target, count);
    for await (const { records, difference } of differences) {
      if (await since.explain(records)) continue;
      found.push(difference);
      if (found.length >= MAX_DIFFERENCES) break;
    }
    this.#report("verifying", done);
    if (found.length > 0) throw this.#copyDiffers(found);
  }

  /** Reads a page of the source, which must still be the same tenant. */
  async #read(range: DumpRange): Promise<DumpPage & { readonly header: TenantHeader }> {
    let { limit } = this.#pageSize;
    let page = await this.#source.page(range, limit);
    while (this.#pageSize.note(page.records) && limit > 1) {
      limit = Math.min(this.#pageSize.limit, Math.floor(limit / 2));
      page = await this.#source.page(range, limit);
    }
    const { header } = page;
    if (header === null) throw noTenant(this.#source.tenantId);
    const { epoch } = this.#state?.start ?? header;
    if (header.epoch !== epoch) throw loadedFromElsewhere(this.#target.tenantId);
    return { ...page, header };
  }

  async #load(
    header: TenantHeader,
    records: readonly TenantRecord[],
    state: CopyState | null,
  ): Promise<void> {
    const progress = state && toProgress(state);
    const { storage, tenantId } = this.#target;
    const restart = this.#state === undefined && this.#progress !== null ? true : undefined;
    const request = { tenantId, header, records, after: this.#progress, progress, restart };
    for (let tries = 1; ; tries++) {
      try {
        await storage.load(request);
        break;
      } catch (error) {
        if (tries > 1 && progress === null && (await this.#isComplete(header))) break;
        if (!isSynthaError(error, "UNKNOWN_OUTCOME") || tries === MAX_ATTEMPTS) throw error;
      }
    }
    this.#progress = progress;
    if (state !== null) this.#state = state;
  }

  /** Whether the last page was written although its outcome is unknown. */
  async #isComplete({ epoch, head, headCommitId }: TenantHeader): Promise<boolean> {
    const { header, loading } = await this.#target.loadState();
    if (header === null || loading !== null || header.epoch !== epoch) return false;
    return header.head > head || header.headCommitId === headCommitId;
  }

  async #contentFigures(): Promise<
    Pick<TenantCopy, "items" | "events" | "subscriptions" | "permissions" | "logEntries">
  > {
    const { storage, tenantId } = this.#target;
    const { items, expired, events, logEntries } = await storage.stats(tenantId);
    let [subscriptions, permissions] = [0, 0];
    // The copy is complete and can no longer be aborted.
    for await (const record of this.#target.unaborted().records("agents")) {
      if (record.type !== "agent") continue;
      subscriptions += record.subscriptions.length;
      if (record.permissions !== null) permissions++;
    }
    return { items: items + expired, events, subscriptions, permissions, logEntries };
  }

  #report(section: CopyProgress["section"], done: number): void {
    const total = this.#totals[section];
    this.#options.onProgress?.({
      section,
      done,
      total: total === undefined ? undefined : Math.max(total, done),
    });
  }

  #copyDiffers(differences: readonly TenantDifference[]): SynthaError {
    const { tenantId } = this.#target;
    const [first] = differences as [TenantDifference];
    return new SynthaError(
      "STORAGE_MISMATCH",
      `The copy of "${tenantId}" differs from its source: ${first.record}.`,
      {
        hint: `details.differences has the records. Drop "${tenantId}" in the target storage, and copy it again.`,
        details: { differences },
      },
    );
  }

  #writtenTooFast(): SynthaError {
    return new SynthaError(
      "UNAVAILABLE",
      `Writes to "${this.#source.tenantId}" are faster than the copy.`,
      {
        hint: "Call copyTenant again when there are fewer writes. It resumes here.",
      },
    );
  }

  #compactedTooFast(cause: unknown): SynthaError {
    return new SynthaError(
      "UNAVAILABLE",
      `The log of "${this.#source.tenantId}" is compacted faster than it can be copied.`,
      {
        hint: "Open its meshes with `compactEvery: false`, or with a longer `retention.log`, until the copy is done.",
        cause,
      },
    );
  }
}

function compactedPastStart(floor: number): SynthaError {
  return new SynthaError("CURSOR_COMPACTED", "The log was compacted past the start of the copy.", {
    hint: "The copy restarts.",
    details: { floor },
  });
}

/** Whether a log entry is copied later, together with the records that it changed. */
function isAfter(record: TenantRecord, { position }: LogPosition): boolean {
  return record.type === "entry" && record.position > position;
}

function nextSection(section: DumpSection, start: LogPosition): DumpRange {
  const next = DUMP_SECTIONS[DUMP_SECTIONS.indexOf(section) + 1];
  return next === undefined ? { section: "changes", after: start } : { section: next };
}
