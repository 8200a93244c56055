import { isSynthaError, SynthaError } from "../error/syntha-error.ts";
import type { LogPosition } from "../log/log-position.ts";
import { beingLoaded, loadedFromElsewhere, tenantExists } from "../storage/check-load.ts";
import type { DumpPage, DumpRange, TenantHeader, TenantRecord } from "../storage/tenant-record.ts";
import { differencesBetween, noTenant, type TenantDifference } from "./compare-tenants.ts";
import type { CopyOptions, TenantCopy } from "./copy-tenant.ts";
import type { CopyPageSize } from "./copy-page-size.ts";
import { DUMP_SECTIONS, rangeAfter } from "./dump-section.ts";
import { type CopyProgress, totalsOf } from "./progress.ts";
import { headPlace, placeAfter, type CopyEndpoint } from "./copy-endpoint.ts";
import { CopyPosition } from "./copy-position.ts";
import { type LoadState, parseLoadState, toText } from "./load-state.ts";

/** A source whose log is compacted faster than it can be copied is given up after this. */
const MOST_RESTARTS = 5;
/** A write whose outcome is unknown is repeated: a page that was written already changes nothing. */
const MOST_TRIES = 3;
/** Pages of changes after which the copy is no nearer to its source's head than before them. */
const MOST_FUTILE_PAGES = 200;
const MOST_TOLD = 10;
const REPORT_EVERY = 1_000;

type CopierOptions = Pick<CopyOptions, "verify" | "whenCaughtUp" | "onProgress">;

/** One run of a copy. */
export class TenantCopier {
  readonly #source: CopyEndpoint;
  readonly #target: CopyEndpoint;
  readonly #options: CopierOptions;
  readonly #pace: CopyPageSize;
  #totals: Awaited<ReturnType<typeof totalsOf>> = {};
  /** Where the target stands; null: nothing is there. */
  #text: string | null = null;
  #standing: LoadState | undefined;
  #rounds = 0;
  #restarts = 0;
  #resumed = false;

  constructor(source: CopyEndpoint, target: CopyEndpoint, options: CopierOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#pace = source.pace();
  }

  async run(): Promise<TenantCopy> {
    const source = await this.#checkSource();
    await this.#takeUp(source);
    this.#totals = await totalsOf(this.#source.storage, this.#source.tenant);
    for (;;) {
      try {
        return await this.#copy();
      } catch (error) {
        if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
        if (this.#restarts === MOST_RESTARTS) throw this.#outrun(error);
        this.#restarts++;
        this.#standing = undefined;
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
    return { ...(await this.#figures()), head, ...this.#course(), verified: verify };
  }

  #course(): Pick<TenantCopy, "rounds" | "restarts" | "resumed"> {
    return { rounds: this.#rounds, restarts: this.#restarts, resumed: this.#resumed };
  }

  async #checkSource(): Promise<TenantHeader> {
    const { header, loading } = await this.#source.standing();
    if (header === null) throw noTenant(this.#source.tenant);
    if (loading !== null) throw beingLoaded(this.#source.tenant);
    return header;
  }

  /** Goes on from what an earlier run left, if it came from this source. */
  async #takeUp(source: TenantHeader): Promise<void> {
    const { tenant } = this.#target;
    const { header, loading } = await this.#target.standing();
    if (header === null) return;
    if (loading === null) throw tenantExists(tenant);
    if (header.epoch !== source.epoch) throw loadedFromElsewhere(tenant);
    const standing = parseLoadState(loading, tenant);
    this.#text = loading;
    this.#resumed = true;
    this.#standing = standing;
    const reached = standing.next.section === "changes" ? standing.next.after : standing.start;
    try {
      await this.#source.page({ section: "changes", after: reached }, 1);
    } catch (error) {
      if (isSynthaError(error, "INVALID_CURSOR")) throw loadedFromElsewhere(tenant);
      if (!isSynthaError(error, "CURSOR_COMPACTED")) throw error;
      this.#standing = undefined;
    }
  }

  /** Copies all parts, each page from a snapshot of its own. */
  async #scan(): Promise<void> {
    for (;;) {
      const { next = { section: DUMP_SECTIONS[0] as "agents" }, done = 0 } = this.#standing ?? {};
      if (next.section === "changes") return;
      const page = await this.#read(next);
      const start = this.#standing?.start ?? headPlace(page.header);
      // What is not in the log any more can't be caught up with.
      if (page.header.floor > start.position) throw compactedPast(page.header.floor);
      const records = page.records.filter((record) => !isBehind(record, start));
      const last = records.at(-1);
      const isLast = page.isLast || last === undefined || records.length < page.records.length;
      const total = done + records.length;
      await this.#load(page.header, records, {
        start,
        next: isLast ? partBehind(next.section, start) : rangeAfter(last),
        done: isLast ? 0 : total,
      });
      this.#report(next.section, total);
    }
  }

  /**
   * Brings over what was written since. The last page tells all that is missing in one snapshot, so that the copy is
   * then exactly what the source was in it; with it, the copy becomes visible if it is to be complete.
   */
  async #catchUp(complete?: "complete"): Promise<TenantHeader> {
    let [nearest, pages] = [Number.POSITIVE_INFINITY, 0];
    for (let total = 0; ;) {
      const { start, next } = this.#standing as LoadState;
      const { header, records, isLast } = await this.#read(next);
      if (isLast && records.length === 0 && !complete) return header;
      const after = isLast ? headPlace(header) : placeAfter(records, header);
      const standing = { start, next: { section: "changes", after }, done: 0 } as const;
      await this.#load(header, records, isLast && complete ? null : standing);
      if (records.length > 0) this.#rounds++;
      total += records.length;
      this.#report("changes", total);
      if (isLast) return header;
      const behind = header.head - after.position;
      if (behind < nearest) [nearest, pages] = [behind, 0];
      else if (++pages === MOST_FUTILE_PAGES) throw this.#overtaken();
    }
  }

  /** Compares both sides, leaving out what the source has changed since. */
  async #verify(): Promise<void> {
    const { next } = this.#standing as LoadState;
    const since = new CopyPosition(
      this.#source,
      (next as DumpRange & { section: "changes" }).after,
    );
    const found: TenantDifference[] = [];
    let done = 0;
    const count = (): void => {
      if (++done % REPORT_EVERY === 0) this.#report("verifying", done);
    };
    for await (const { records, told } of differencesBetween(this.#source, this.#target, count)) {
      if (await since.explains(records)) continue;
      found.push(told);
      if (found.length >= MOST_TOLD) break;
    }
    this.#report("verifying", done);
    if (found.length > 0) throw this.#differs(found);
  }

  /** A page of the source, which must still be the same tenant. */
  async #read(range: DumpRange): Promise<DumpPage & { readonly header: TenantHeader }> {
    const page = await this.#source.page(range, this.#pace.limit);
    const { header, records } = page;
    if (header === null) throw noTenant(this.#source.tenant);
    const { epoch } = this.#standing?.start ?? header;
    if (header.epoch !== epoch) throw loadedFromElsewhere(this.#target.tenant);
    this.#pace.note(records);
    return { ...page, header };
  }

  async #load(
    header: TenantHeader,
    records: readonly TenantRecord[],
    standing: LoadState | null,
  ): Promise<void> {
    const progress = standing && toText(standing);
    const { storage, tenant } = this.#target;
    const restart = this.#standing === undefined && this.#text !== null ? true : undefined;
    const request = { tenantId: tenant, header, records, after: this.#text, progress, restart };
    for (let tries = 1; ; tries++) {
      try {
        await storage.load(request);
        break;
      } catch (error) {
        if (tries > 1 && progress === null && (await this.#isComplete(header))) break;
        if (!isSynthaError(error, "UNKNOWN_OUTCOME") || tries === MOST_TRIES) throw error;
      }
    }
    this.#text = progress;
    if (standing !== null) this.#standing = standing;
  }

  /** Whether the last page was written, though its outcome was unknown. */
  async #isComplete({ epoch, head, headCommitId }: TenantHeader): Promise<boolean> {
    const { header, loading } = await this.#target.standing();
    if (header === null || loading !== null || header.epoch !== epoch) return false;
    return header.head > head || header.headCommitId === headCommitId;
  }

  async #figures(): Promise<
    Pick<TenantCopy, "items" | "events" | "subscriptions" | "permissions" | "logEntries">
  > {
    const { storage, tenant } = this.#target;
    const { items, expired, events, logEntries } = await storage.stats(tenant);
    let [subscriptions, permissions] = [0, 0];
    // The copy is complete: it is too late to abort it.
    for await (const record of this.#target.unaborted().records("agents")) {
      if (record.type !== "agent") continue;
      subscriptions += record.subscriptions.length;
      if (record.permissions !== null) permissions++;
    }
    return { items: items + expired, events, subscriptions, permissions, logEntries: logEntries };
  }

  #report(part: CopyProgress["part"], done: number): void {
    const of = this.#totals[part];
    this.#options.onProgress?.({
      part,
      done,
      of: of === undefined ? undefined : Math.max(of, done),
    });
  }

  #differs(differences: readonly TenantDifference[]): SynthaError {
    const { tenant } = this.#target;
    const [first] = differences as [TenantDifference];
    return new SynthaError(
      "STORAGE_MISMATCH",
      `The copy of "${tenant}" is not what its source is: ${first.record} differs.`,
      {
        hint: `Drop "${tenant}" where it was copied to, and copy it again; details.differences names what differs.`,
        details: { differences },
      },
    );
  }

  #overtaken(): SynthaError {
    return new SynthaError(
      "UNAVAILABLE",
      `"${this.#source.tenant}" is written to faster than it can be copied.`,
      {
        hint: "Call copyTenant again while less is written: it resumes here.",
      },
    );
  }

  #outrun(cause: unknown): SynthaError {
    return new SynthaError(
      "UNAVAILABLE",
      `The log of "${this.#source.tenant}" is compacted faster than it can be copied.`,
      {
        hint: "Open its meshes with `compactEvery: false`, or with a longer `retention.log`, until the copy is done.",
        cause,
      },
    );
  }
}

function compactedPast(floor: number): SynthaError {
  return new SynthaError("CURSOR_COMPACTED", "The log was compacted past where the copy began.", {
    hint: "Copying begins again.",
    details: { floor },
  });
}

/** Lines behind the place are changes, and come with what they changed. */
function isBehind(record: TenantRecord, { position }: LogPosition): boolean {
  return record.type === "entry" && record.position > position;
}

function partBehind(part: Exclude<DumpRange["section"], "changes">, start: LogPosition): DumpRange {
  const next = DUMP_SECTIONS[DUMP_SECTIONS.indexOf(part) + 1];
  return next === undefined ? { section: "changes", after: start } : { section: next };
}
