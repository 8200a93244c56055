import {
  beingLoaded,
  type Clock,
  type Commit,
  type Decide,
  newEpoch,
  type Outcome,
} from "@syntha/core/storage";
import type { Tables } from "../tables/index.ts";
import { emptyTenant, type Tenant } from "../tables/tenants.ts";
import { dropSteps } from "./drop-steps.ts";
import { TenantTransaction } from "./tenant-transaction.ts";

export interface CommitResult {
  readonly outcomes: readonly Outcome[];
  /** Whether any commit was logged. */
  readonly changed: boolean;
  /** Whether the transaction wrote anything, and so must be committed. */
  readonly hasWrites: boolean;
  /** Whether the tenant did not exist before. */
  readonly isCreated: boolean;
}

/** Decides and applies commits in order, each on the result of those before it; inside a write transaction. */
export function commit(
  tables: Tables,
  name: string,
  commits: readonly Commit[],
  decide: Decide,
  clock: Clock,
): CommitResult {
  const row = tables.tenants.find(name) ?? newTenant(tables, name);
  const existed = row.id !== 0;
  const tenant = new TenantTransaction(tables, name, row, clock);
  const outcomes = commits.map((each): Outcome => {
    tenant.tick();
    const decision = decide(each, tenant);
    if (!decision.ok) return decision;
    if (decision.unlogged !== undefined) tenant.update(decision.unlogged);
    if (decision.changes.length > 0) tenant.apply(each.actor, decision.changes);
    if (decision.sightings !== undefined) tenant.see(decision.sightings);
    if (decision.spent !== undefined) tenant.spend(decision.spent);
    const { epoch, head: position, now } = tenant;
    return { ok: true, epoch, position, now, results: decision.results };
  });
  tenant.finish();
  const { changed, hasWrites } = tenant;
  return { outcomes, changed, hasWrites, isCreated: changed && !existed };
}

function newTenant(tables: Tables, name: string): Tenant {
  if (tables.tenants.findLoading(name) !== undefined) throw beingLoaded(name);
  if (tables.tenants.findDropped(name) !== undefined) throw dropSteps(name);
  return emptyTenant(newEpoch());
}
