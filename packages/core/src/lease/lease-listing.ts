import { checkOptions, knownOptions } from "../options/known-options.ts";
import { type ItemFilter, toQuery } from "../items/item-listing.ts";
import type { Session } from "../session/session.ts";
import type { ItemRow } from "../model/item-row.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { checkLimit, MAX_PAGE, type Page, toPage } from "../view/page-token.ts";

/** A lease that has not ended. */
export interface HeldLease<K extends string = string> {
  readonly key: K;
  /** The agent that holds it; undefined for the system. */
  readonly agent: string | undefined;
  /** When it ends, unless it is extended, by the storage's clock. */
  readonly until: Date;
  /** Claims of the item since it was last pushed, this one included. */
  readonly attempts: number;
}

export interface LeaseFilter<
  T extends string = string,
  P extends string = string,
> extends ItemFilter<T, P> {
  /** Only leases of this agent. */
  agent?: string | undefined;
  /** 1 to 1,000. @default 100 */
  limit?: number | undefined;
  /** `nextPage` of the previous listing. */
  page?: Page | undefined;
}

const LEASES = knownOptions<LeaseFilter>("leases", {
  topics: true,
  prefix: true,
  agent: true,
  limit: true,
  page: true,
});

export interface LeaseListing<K extends string = string> {
  /** By key, in code point order. */
  readonly leases: readonly HeldLease<K>[];
  /** Undefined on the last page. */
  readonly nextPage: Page | undefined;
  /** The storage's time of the read. */
  readonly at: Date;
}

/** Lists the leases of a tenant to the system. */
export async function listLeases(session: Session, filter: LeaseFilter): Promise<LeaseListing> {
  checkOptions(filter, LEASES);
  const { agent, limit: given, ...rest } = filter;
  if (agent !== undefined)
    checkAgentName(
      agent,
      "Leases of the system have no agent: look for those in what `leases` returns.",
    );
  const limit = checkLimit(given);
  const query = toQuery(null, { ...rest, state: "claimed" }, limit, "headers");
  const leases: HeldLease[] = [];
  for (let { after } = query; ;) {
    const most = agent === undefined ? limit : MAX_PAGE;
    const page = await (
      await session.storage.ready()
    ).list(session.tenantId, { ...query, after, limit: most });
    for (const row of page.items) {
      if (agent !== undefined && row.lease?.holder !== agent) continue;
      leases.push(toHeldLease(row));
      if (leases.length === limit && row !== page.items.at(-1))
        return { leases, nextPage: toPage(row.key), at: new Date(page.now) };
    }
    if (page.next === null || leases.length === limit)
      return { leases, nextPage: toPage(page.next), at: new Date(page.now) };
    after = page.next;
  }
}

function toHeldLease({ key, lease, attempts }: ItemRow): HeldLease {
  const { holder = null, until = 0 } = lease ?? {};
  return { key, agent: holder ?? undefined, until: new Date(until), attempts };
}
